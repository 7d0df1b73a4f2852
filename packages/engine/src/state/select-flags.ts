import { flagByKey } from './chain.js';
import type { State } from './state.js';
import type { Defect, Flag } from '../types.js';
import { byKey } from './names.js';

/** Which flags: those of any of these keys or patterns (`ui.*`), and with any of these tags. What is absent restricts nothing. */
export interface FlagSelection {
  flags?: readonly string[];
  tags?: readonly string[];
}

/** The flags in use that are selected, by key. */
export function selectFlags(state: State, { flags, tags }: FlagSelection): Flag[] {
  const isNamed = flags === undefined ? () => true : matcherOf(flags);
  return [...state.flags.values()]
    .filter(
      ({ key, archivedAt, tags: own }) =>
        archivedAt === null && isNamed(key) && (tags === undefined || own.some((tag) => tags.includes(tag))),
    )
    .sort(byKey);
}

/** What a selection names that is not there: a key (without `*`) of no flag, or of an archived one. A pattern may match nothing. */
export function selectionDefects(state: State, { flags = [] }: FlagSelection): Defect[] {
  return flags.flatMap((key, index): Defect[] => {
    if (key.includes('*')) return [];
    const flag = flagByKey(state, key);
    if (flag?.archivedAt === null) return [];
    const pointer = `/flags/${String(index)}`;
    if (flag) return [{ pointer, code: 'flag-archived', detail: `"${key}" is archived: restore it first.` }];
    return [{ pointer, code: 'flag-not-found', detail: `There is no flag "${key}".` }];
  });
}

/** Whether a key is one of these keys or matches one of these patterns; `*` stands for any text. Linear in the key. */
export function matcherOf(patterns: readonly string[]): (key: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const globs = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  return (key) => exact.has(key) || globs.some((parts) => matches(key, parts));
}

function matches(key: string, parts: readonly string[]): boolean {
  const [first = '', ...others] = parts;
  const last = others.pop() ?? '';
  if (!key.startsWith(first) || !key.endsWith(last) || key.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of others) {
    const found = key.indexOf(part, at);
    if (found < 0 || found + part.length > key.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
