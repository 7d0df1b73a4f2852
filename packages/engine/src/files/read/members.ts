import { isPlainObject, kindOf } from '../../json/values.js';
import type { JsonObject, JsonValue } from '../../types.js';
import { didYouMean } from '../nearest.js';
import type { FilePlace } from '../words.js';
import { type Report, within } from './report.js';

/** The value as an object with no members but these, or undefined where it is none. */
export function objectIn(
  value: JsonValue | undefined,
  at: FilePlace,
  what: string,
  known: readonly string[],
  report: Report,
): JsonObject | undefined {
  if (!isPlainObject(value)) {
    report.error(at, 'wrong-type', `${what} is an object, not ${kindOf(value)}.`);
    return undefined;
  }
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    const meant = didYouMean(name, known);
    report.error(
      within(at, name),
      'unknown-property',
      `${what} has no "${name.slice(0, 60)}".${meant || ` It has ${known.join(', ')}.`}`,
      {
        of: 'key',
      },
    );
  }
  return value;
}

/** An object by names. */
export function namedIn(value: JsonValue | undefined, at: FilePlace, what: string, report: Report): JsonObject {
  if (isPlainObject(value)) return value;
  if (value !== undefined && value !== null)
    report.error(at, 'wrong-type', `${what} are an object by their names, not ${kindOf(value)}.`);
  return {};
}

export function wordsIn(value: JsonValue | undefined, at: FilePlace, what: string, report: Report): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value;
  report.error(at, 'wrong-type', `${what} are a list of words.`);
  return [];
}
