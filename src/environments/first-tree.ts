import type { FirstEnvironment } from '../platform/config/config.js';
import type { CreateEnvironmentDto } from './environment.dto.js';

/** What people call these, in runbooks and in the defaults of settings, whichever of the two a tree was made with. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  production: 'prod',
  prod: 'production',
  development: 'dev',
  dev: 'development',
};

const NAMES: Readonly<Record<string, string>> = { prod: 'Production', dev: 'Development' };

/**
 * The environments of a first start. The other name of one is its alias, unless the tree has an environment of that name. Roots take a promoter
 * from the first day; what is written below them reaches nobody else, and is free.
 */
export function firstTree(tree: readonly FirstEnvironment[]): CreateEnvironmentDto[] {
  const slugs = new Set(tree.map(({ slug }) => slug));
  return tree.map(({ slug, parent }) => {
    const alias = OTHER_NAMES[slug];
    const aliases = alias === undefined || slugs.has(alias) ? [] : [alias];
    return { slug, name: nameOf(slug), parent, aliases, settings: { protected: parent === null } };
  });
}

/** For people: `pr-42` is "Pr 42". */
function nameOf(slug: string): string {
  const words = slug.replaceAll(/[-_]+/g, ' ').trim();
  return NAMES[slug] ?? (words === '' ? slug : words.charAt(0).toUpperCase() + words.slice(1));
}
