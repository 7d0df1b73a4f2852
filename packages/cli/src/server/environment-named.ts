import type { Environment } from '@flagtree/api';
import { CommandError } from '../command-error.js';
import { EXIT } from '../exit-codes.js';
import { didYouMean } from '../program/suggest.js';

/** The environment that has this slug, alias or id. */
export function environmentNamed(name: string, all: readonly Environment[]): Environment {
  const found = all.find(({ slug, aliases, id }) => slug === name || aliases.includes(name) || id === name);
  if (found !== undefined) return found;
  const names = all.flatMap(({ slug, aliases }) => [slug, ...aliases]);
  throw new CommandError(
    `There is no environment "${name}".${didYouMean(name, names) || ` There are ${names.join(', ') || 'none yet'}.`}`,
    EXIT.refused,
  );
}
