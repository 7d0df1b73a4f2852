import { clip, isPlainObject, isStorable, kindOf, pointerTo, show } from '../json/values.js';
import type { Defect, JsonObject } from '../types.js';

export const MAX_TEXT_LENGTH = 4096;
/** More help nobody: an answer to two megabytes of nonsense stays small. */
export const MAX_DEFECTS = 100;

/** Collects what is wrong with one value; the checks below return whether, or as what, the value can be used further. */
export class Defects {
  readonly list: Defect[] = [];

  private readonly missing = new Set<string>();

  /** What is missing has no other defect. */
  add(pointer: string, code: string, detail: string): false {
    if (this.missing.has(pointer)) return false;
    if (code === 'required') this.missing.add(pointer);
    if (this.list.length < MAX_DEFECTS) this.list.push({ pointer, code, detail });
    return false;
  }

  /** The value as an object, of which is told what of the `required` members it lacks and what it has beside them and the `optional` ones. */
  object(
    value: unknown,
    at: string,
    what: string,
    required: readonly string[],
    optional: readonly string[],
  ): JsonObject | undefined {
    if (!isPlainObject(value)) return void this.add(at, 'wrong-type', `${what} is an object, not ${kindOf(value)}`);
    for (const key of Object.keys(value)) {
      if (!required.includes(key) && !optional.includes(key)) {
        this.add(
          pointerTo(at, key),
          'unknown-property',
          `${what} has no property "${clip(key)}"; it has ${[...required, ...optional].join(', ')}`,
        );
      }
    }
    const missing = required.filter((key) => !Object.hasOwn(value, key) || value[key] === undefined);
    for (const key of missing) this.add(pointerTo(at, key), 'required', `${what} needs "${key}"`);
    return value;
  }

  array(value: unknown, at: string, what: string, limits: { min?: number; max: number }): value is unknown[] {
    if (!Array.isArray(value)) return this.add(at, 'wrong-type', `${what} are a list, not ${kindOf(value)}`);
    if (value.length > limits.max) return this.add(at, 'too-many', `${what} are at most ${limits.max}, not ${value.length}`);
    if (value.length < (limits.min ?? 0)) return this.add(at, 'too-few', `${what} are at least ${limits.min}`);
    return true;
  }

  boolean(value: unknown, at: string, what: string): value is boolean {
    return typeof value === 'boolean' || this.add(at, 'wrong-type', `${what} is true or false, not ${kindOf(value)}`);
  }

  /** Storable text: PostgreSQL's jsonb takes neither U+0000 nor half of a surrogate pair. */
  text(value: unknown, at: string, what: string, limits: { min?: number; max?: number } = {}): value is string {
    if (typeof value !== 'string') return this.add(at, 'wrong-type', `${what} is text, not ${kindOf(value)}`);
    const { min = 0, max = MAX_TEXT_LENGTH } = limits;
    if (value.length > max) return this.add(at, 'too-long', `${what} has at most ${max} characters, not ${value.length}`);
    if (value.length < min) return this.add(at, 'too-short', `${what} must not be empty`);
    return (
      isStorable(value) || this.add(at, 'unsafe-text', `${what} holds U+0000 or an unpaired surrogate, which cannot be stored`)
    );
  }

  wholeNumber(value: unknown, at: string, what: string, max: number): value is number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max) return true;
    return this.add(at, 'out-of-range', `${what} is a whole number from 0 to ${max}, not ${show(value)}`);
  }
}
