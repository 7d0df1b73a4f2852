import { matcherOf } from '../../state/select-flags.js';
import type { Ownership, OwnershipRule, OwnershipSaid } from '../words.js';
import { nameOf, type NamedThing } from './things.js';

/** Who decides what a field of a thing is: an entry's own word, else the last of the rules that fits, else the files. */
export function ownerOf(thing: NamedThing, field: string, said: OwnershipSaid, rules: readonly OwnershipRule[]): Ownership {
  const own = typeof said === 'string' ? said : said?.[field];
  if (own !== undefined) return own;
  const fitting = rules.findLast(({ flags, environments, fields }) => {
    if (thing.kind === 'segment') return false;
    if (flags !== undefined && !matcherOf([flags])(thing.key)) return false;
    if (environments !== undefined && !(thing.environment !== null && environments.includes(thing.environment))) return false;
    return fields === '*' || fields.includes(field);
  });
  return fitting?.owner ?? 'git';
}

/** Whether one of the patterns names a field: `ui.*`, `ui.x@prod`, `ui.x@prod/percentage`, `segment:staff`. A bare key names the flag and its overrides. */
export function isNamed(patterns: readonly string[], thing: NamedThing, field?: string): boolean {
  return patterns.some((pattern) => {
    const [name = '', wanted] = pattern.split('/');
    if (wanted !== undefined && field !== undefined && wanted !== field) return false;
    if (matcherOf([name])(nameOf(thing))) return true;
    return !name.includes('@') && thing.kind === 'override' && matcherOf([name])(thing.key);
  });
}
