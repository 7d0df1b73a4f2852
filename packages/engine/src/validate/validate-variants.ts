import { Defects, MAX_TEXT_LENGTH } from './defects.js';
import { clip, isPlainObject, isStorable, pointerTo, show, whyInexact } from '../json/values.js';
import type { Defect, FlagType, JsonValue } from '../types.js';

export const MAX_VARIANTS = 100;
export const MAX_WEIGHT = 2 ** 31 - 1;
export const MAX_VARIANT_KEY_LENGTH = 255;
export const MAX_VALUE_DEPTH = 32;
/** Members and elements of one variant's value, all levels counted. */
export const MAX_VALUE_NODES = 10_000;

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
  } else new ValueCheck(defects).value(variant['value'], pointerTo(at, 'value'), 1);
  if (variant['weight'] !== undefined) defects.wholeNumber(variant['weight'], pointerTo(at, 'weight'), 'a weight', MAX_WEIGHT);
  if (variant['description'] !== undefined) defects.text(variant['description'], pointerTo(at, 'description'), 'a description');
}

/** Any JSON value is of type json. */
function hasType(value: JsonValue | undefined, type: FlagType): boolean {
  return type === 'json' || typeof value === type;
}

/** Refuses what would not come back from the database or a client as it was sent. */
class ValueCheck {
  private nodes = 0;

  constructor(private readonly defects: Defects) {}

  value(value: unknown, at: string, depth: number): void {
    if (++this.nodes > MAX_VALUE_NODES) {
      this.defects.add(at, 'too-many', `a value has at most ${MAX_VALUE_NODES} members and elements`);
    } else if (typeof value === 'string') {
      this.defects.text(value, at, 'text in a value', { max: 16 * MAX_TEXT_LENGTH });
    } else if (typeof value === 'number') this.number(value, at);
    else if (typeof value === 'object' && value !== null) this.container(value, at, depth);
    else if (typeof value !== 'boolean' && value !== null)
      this.defects.add(at, 'wrong-type', `a value is JSON, not ${typeof value}`);
  }

  private number(value: number, at: string): void {
    if (!Number.isFinite(value)) this.defects.add(at, 'wrong-type', `${value} is no JSON number`);
    else {
      const why = whyInexact(value);
      if (why !== undefined) this.defects.add(at, 'unsafe-integer', `${why}: send it as text`);
    }
  }

  private container(value: object, at: string, depth: number): void {
    if (depth > MAX_VALUE_DEPTH) {
      this.defects.add(at, 'too-deep', `a value nests at most ${MAX_VALUE_DEPTH} deep`);
    } else if (Array.isArray(value)) {
      // not a step beyond the limit, and no list of the indices: a list may have millions of elements
      for (let i = 0; i < value.length && this.nodes <= MAX_VALUE_NODES; i++) this.value(value[i], pointerTo(at, i), depth + 1);
    } else {
      for (const [key, member] of Object.entries(value)) {
        if (this.nodes > MAX_VALUE_NODES) return;
        if (key === '__proto__' || !isStorable(key) || key.length > MAX_TEXT_LENGTH) {
          this.defects.add(at, 'unsafe-key', `a value cannot have a member named "${clip(key)}"`);
        } else this.value(member, pointerTo(at, key), depth + 1);
      }
    }
  }
}
