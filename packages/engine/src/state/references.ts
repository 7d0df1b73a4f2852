import { isPlainObject } from '../json/values.js';
import { IndexBy } from './patched-map.js';
import type { State } from './state.js';
import type { Condition, Flag, Rule } from '../types.js';

/** The keys of the segments that the conditions name themselves, at any depth. What is no condition is passed over. */
export function segmentsNamedIn(conditions: readonly Condition[]): Set<string> {
  const named = new Set<string>();
  const waiting: unknown[] = [conditions];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (Array.isArray(node)) for (const item of node) waiting.push(item);
    else if (typeof node === 'object' && node !== null) {
      if ('segment' in node && typeof node.segment === 'string') named.add(node.segment);
      if ('all' in node) waiting.push(node.all);
      if ('any' in node) waiting.push(node.any);
      if ('not' in node) waiting.push(node.not);
      if ('jsonLogic' in node) for (const key of referencesIn(node.jsonLogic)) named.add(key);
    }
  }
  return named;
}

/** The keys of the segments that a rule names itself. */
export function segmentsNamedBy(rule: Rule): Set<string> {
  return 'targeting' in rule ? referencesIn(rule.targeting) : segmentsNamedIn(rule.conditions ?? []);
}

/** What a flagd targeting expression refers to by `$ref`. */
export function referencesIn(expression: unknown): Set<string> {
  const named = new Set<string>();
  const waiting = [expression];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== 'object' || node === null) continue;
    if ('$ref' in node && typeof node.$ref === 'string') named.add(node.$ref);
    else for (const inner of Object.values(node)) waiting.push(inner);
  }
  return named;
}

/** The segments that the rules name, and those that these name in turn; also the keys of segments that are not there. */
export function segmentsReachedBy(segments: State['segments'], rules: readonly Rule[]): Set<string> {
  const reached = new Set<string>();
  const waiting = Array.isArray(rules)
    ? rules.flatMap((rule: Rule | null) => (isPlainObject(rule) ? [...segmentsNamedBy(rule as Rule)] : []))
    : [];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    if (reached.has(key)) continue;
    reached.add(key);
    const segment = segments.get(key);
    if (segment) for (const named of segmentsNamedIn(segment.conditions)) waiting.push(named);
  }
  return reached;
}

const flagsByPrerequisite = new IndexBy<Flag>(
  ({ id }) => id,
  (flag) => (flag.archivedAt === null ? [...new Set(prerequisiteKeys(flag))] : []),
);

/** The flags, archived ones left out, that have the flag as a prerequisite: a write to it can break them. */
export function dependentsOf(state: State, flagKey: string): readonly Flag[] {
  return flagsByPrerequisite.all(state.flags, flagKey);
}

export function prerequisiteKeys(flag: Flag): string[] {
  const { prerequisites } = flag;
  if (!Array.isArray(prerequisites)) return [];
  return prerequisites
    .map((prerequisite: Flag['prerequisites'][number] | null) => prerequisite?.flag)
    .filter((key) => typeof key === 'string');
}
