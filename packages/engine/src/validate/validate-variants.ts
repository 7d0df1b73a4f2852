import { Defects } from './defects.js';
import { clip, isPlainObject, pointerTo, show } from '../json/values.js';
import type { Defect, FlagType, JsonValue } from '../types.js';
import { ValueCheck } from './value-check.js';

export const MAX_VARIANTS = 100;
export const MAX_WEIGHT = 2 ** 31 - 1;
export const MAX_VARIANT_KEY_LENGTH = 255;
export const MAX_VALUE_DEPTH = 32;
const VALUE_LIMITS = { depth: MAX_VALUE_DEPTH, what: 'a value' };

/** The shape of a list of variants; with `type`, that each value has it. */
export function validateVariants(value: unknown, type?: FlagType): Defect[] {
  const defects = new Defects();
  if (!defects.array(value, '', 'variants', { max: MAX_VARIANTS })) return defects.list;
  const seen = new Set<string>();
  value.forEach((variant, index) => checkVariant(variant, pointerTo('', index), type, seen, defects));
  checkWeights(value, '', 'the weights of the variants', defects);
  return defects.list;
}

/** When any entry has a weight, all weights together are more than 0 and at most 2^31 − 1. Wrong single weights are named elsewhere. */
export function checkWeights(entries: readonly unknown[], at: string, what: string, defects: Defects): void {
  const weights = entries
    .map((entry) => (isPlainObject(entry) ? entry['weight'] : undefined))
    .filter((weight) => weight !== undefined);
  if (weights.length === 0 || !weights.every((weight) => typeof weight === 'number')) return;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) defects.add(at, 'no-weight', `${what} add up to 0: nobody could be served`);
  if (total > MAX_WEIGHT) defects.add(at, 'out-of-range', `${what} add up to ${total}, more than ${MAX_WEIGHT}`);
}

function checkVariant(value: unknown, at: string, type: FlagType | undefined, seen: Set<string>, defects: Defects): void {
  const variant = defects.object(value, at, 'a variant', ['key', 'value'], ['weight', 'description']);
  if (!variant) return;
  const { key } = variant;
  if (defects.text(key, pointerTo(at, 'key'), 'a variant key', { min: 1, max: MAX_VARIANT_KEY_LENGTH })) {
    if (seen.has(key)) defects.add(pointerTo(at, 'key'), 'duplicate', `there is more than one variant "${clip(key)}"`);
    seen.add(key);
  }
  if (type !== undefined && !hasType(variant['value'], type)) {
    defects.add(pointerTo(at, 'value'), 'wrong-type', `${show(variant['value'])} is not of the flag's type, ${type}`);
  } else new ValueCheck(defects, VALUE_LIMITS).value(variant['value'], pointerTo(at, 'value'), 1);
  if (variant['weight'] !== undefined) defects.wholeNumber(variant['weight'], pointerTo(at, 'weight'), 'a weight', MAX_WEIGHT);
  if (variant['description'] !== undefined) defects.text(variant['description'], pointerTo(at, 'description'), 'a description');
}

/** Any JSON value is of type json. */
function hasType(value: JsonValue | undefined, type: FlagType): boolean {
  return type === 'json' || typeof value === type;
}
