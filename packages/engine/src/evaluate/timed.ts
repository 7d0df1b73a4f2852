import type { CompiledFlag, Snapshot } from '../compile/snapshot.js';
import { NOW } from '../conditions/attributes.js';
import { isPlainObject } from '../json/values.js';
import { perObject } from '../per-object.js';

/**
 * Whether time alone may change what the flag answers: who evaluates one of which that is not so need not look at the clock, and may keep
 * its answers. False for flags that are not there.
 */
export function isTimed(snapshot: Snapshot, flagKey: string): boolean {
  const flags = snapshot.whole ?? snapshot.flags;
  const reached = new Set([flagKey]);
  for (const key of reached) {
    const flag = flags.get(key);
    if (flag === undefined) continue;
    if (readsTime(flag)) return true;
    for (const prerequisite of flag.program.prerequisites) reached.add(prerequisite.flag);
  }
  return false;
}

/** Whether rules or segments of the flag itself read the time. A mere mention is enough: the contrary would serve stale values. */
export const readsTime = perObject(({ program, segments }: CompiledFlag): boolean => {
  if (program.constant !== null) return false;
  return program.rules.some(({ rule }) => ('targeting' in rule ? expressionReadsTime(rule.targeting, true) : mentionsNow(rule.conditions))) || [...segments.values()].some((segment) => mentionsNow(segment?.conditions)); // prettier-ignore
});

const mentionsNow = (conditions: unknown) => JSON.stringify(conditions ?? null).includes(`"${NOW}"`);

const TIMELESS = new Set<unknown>(['$flagd.flagKey']);
/** What follows their first operand sees an element of a list, and nothing of what flagd adds to a context. */
const ITERATORS = new Set(['map', 'filter', 'reduce', 'all', 'none', 'some']);

function expressionReadsTime(node: unknown, atRoot: boolean): boolean {
  if (!atRoot || typeof node !== 'object' || node === null) return false;
  if (Array.isArray(node)) return node.some((part) => expressionReadsTime(part, atRoot));
  return Object.entries(node).some(([name, operands]) => {
    if (name === 'var' && pathReadsTime(Array.isArray(operands) ? operands[0] : operands)) return true;
    if (!ITERATORS.has(name) || !Array.isArray(operands)) return expressionReadsTime(operands, atRoot);
    return operands.some((operand, place) => expressionReadsTime(operand, place === 0 || name === 'reduce'));
  });
}

/** A path that is worked out, or that of everything, can lead anywhere. */
function pathReadsTime(path: unknown): boolean {
  if (typeof path === 'string' && path !== '') return path.startsWith('$flagd') && !TIMELESS.has(path);
  return path === undefined || path === null || path === '' || isPlainObject(path) || Array.isArray(path);
}
