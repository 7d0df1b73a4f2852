import { isPlainObject, pointerTo } from '../../json/values.js';
import { weightsIn } from './validate-weights.js';

/** A total in this range that is not 100 was probably meant to be 100. */
const NEARLY = { from: 90, to: 110 } as const;

export interface NearlyWhole {
  /** Into the fields: the variants, or the split of a rule. */
  pointer: string;
  total: number;
}

/** The splits whose whole numbers are nearly 100 together. Any total is allowed: they are in proportion to it. What is stored may have any shape. */
export function nearlyWhole({ variants, rules }: { variants: unknown; rules: unknown }): NearlyWhole[] {
  const splits: { pointer: string; entries: unknown }[] = [{ pointer: '/variants', entries: variants }];
  for (const [index, rule] of Array.isArray(rules) ? rules.entries() : []) {
    const serve = isPlainObject(rule) ? rule['serve'] : undefined;
    if (isPlainObject(serve)) splits.push({ pointer: `${pointerTo('/rules', index)}/serve/split`, entries: serve['split'] });
  }
  return splits.flatMap(({ pointer, entries }) => {
    const weights = Array.isArray(entries) ? weightsIn(entries) : [];
    if (!weights.every((weight) => typeof weight === 'number')) return [];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return total >= NEARLY.from && total <= NEARLY.to && total !== 100 ? [{ pointer, total }] : [];
  });
}
