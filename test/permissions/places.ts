/** The environments that requests write: one that is free, one that is protected; and what is none of those who are limited to them. */
export const FREE = 'open';
export const GUARDED = 'vault';
export const HERE = [FREE, GUARDED, homeOf(FREE), homeOf(GUARDED)];
export const ELSEWHERE = ['other'];

/** Below it environments come and go, of the same kind as the place; what is written into the place does not reach them. */
export function homeOf(place: string): string {
  return `${place}-home`;
}

/** What is promoted comes from here. */
export const SOURCE = 'source';

/** A tag that the token of a page of this environment names. */
export const pagesOf = (place: string) => `pages of ${place}`;

export type Item = Record<string, unknown>;

/** The sections of a states document. */
export interface States {
  environments?: Item[];
  segments?: Item[];
  flags?: Item[];
  overrides?: Item[];
  checks?: Item[];
  pipelines?: Item[];
}

export const environment = (slug: string, parent: string | null = null, settings: object = {}): Item => ({
  ...{ slug, name: slug, parent, settings },
});

export const flag = (key: string, rest: object = {}): Item => ({
  key,
  variants: [
    { key: 'on', value: true },
    { key: 'off', value: false },
  ],
  ...rest,
});

export const document = (states: States) => ({ format: 'flagtree-states', version: 2, ...states });

/** What is there whoever asks. */
export const GIVEN: States = {
  environments: [
    ...[FREE, homeOf(FREE)].map((slug) => environment(slug)),
    ...[GUARDED, homeOf(GUARDED)].map((slug) => environment(slug, null, { protected: true })),
    ...ELSEWHERE.map((slug) => environment(slug)),
    environment(SOURCE),
    // pipelines have two steps at least
    ...[FREE, GUARDED].map((place) => environment(`${place}-next`, place)),
  ],
  flags: [flag('given', { enabled: true, tags: [pagesOf(FREE)] })],
};

/** One document of several: what an import makes at once. */
export function together(all: readonly States[]): States {
  const merged: Required<States> = { environments: [], segments: [], flags: [], overrides: [], checks: [], pipelines: [] };
  for (const states of all)
    for (const [section, items] of Object.entries(states)) merged[section as keyof States].push(...(items as Item[]));
  return merged;
}
