import { Defects } from '../defects.js';
import { clip, pointerTo, show } from '../../json/values.js';
import type { Defect, FlagType, JsonValue } from '../../types.js';
import { checkWeight, checkWeights } from './validate-weights.js';
import { ValueCheck } from '../value-check.js';

export const MAX_VARIANTS = 100;
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
  if (variant['weight'] !== undefined) checkWeight(variant['weight'], pointerTo(at, 'weight'), defects);
  if (variant['description'] !== undefined) defects.text(variant['description'], pointerTo(at, 'description'), 'a description');
}

/** Any JSON value is of type json. */
function hasType(value: JsonValue | undefined, type: FlagType): boolean {
  return type === 'json' || typeof value === type;
}
