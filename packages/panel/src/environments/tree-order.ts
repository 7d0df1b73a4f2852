interface Named {
  slug: string;
  parent: string | null;
}

/** Each environment before those below it; those without a root, by a cycle, stand at the end. */
export function inTreeOrder<E extends Named>(environments: readonly E[]): { environment: E; depth: number }[] {
  const sorted = [...environments].sort((a, b) => (a.slug < b.slug ? -1 : 1));
  const known = new Set(sorted.map(({ slug }) => slug));
  const found: { environment: E; depth: number }[] = [];
  const add = (environment: E, depth: number): void => {
    found.push({ environment, depth });
    for (const child of sorted) if (child.parent === environment.slug) add(child, depth + 1);
  };
  for (const environment of sorted) if (environment.parent === null || !known.has(environment.parent)) add(environment, 0);
  const placed = new Set(found.map(({ environment }) => environment));
  return [
    ...found,
    ...sorted.filter((environment) => !placed.has(environment)).map((environment) => ({ environment, depth: 0 })),
  ];
}
