/** From least to most: each may do all that the ones before it may. */
export const ROLES = ['viewer', 'developer', 'promoter', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export function roleCovers(held: Role | null, needed: Role): boolean {
  return held !== null && ROLES.indexOf(held) >= ROLES.indexOf(needed);
}
