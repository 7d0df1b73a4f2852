import { validateInstant } from '../platform/http/management/instant.js';
import type { Defect } from '../engine/types.js';

/** The one way to write an instant in a document: UTC, `Z`, no needless digits, microseconds at most (which is what the database keeps). */
export function canonicalInstant(text: string): string {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const seconds = new Date(Date.parse(text.replace(/\.\d+/, ''))).toISOString().slice(0, 19);
  const digits = fraction.slice(0, 6).replace(/0+$/, '');
  return `${seconds}${digits === '' ? '' : `.${digits}`}Z`;
}

export function sameInstant(a: string | null, b: string | null): boolean {
  return a === b || (a !== null && b !== null && canonicalInstant(a) === canonicalInstant(b));
}

/** RFC 3339 to the microsecond: more would be rounded when it is stored. */
export function instantDefects(value: unknown): Defect[] {
  const defects = validateInstant(value);
  if (defects.length === 0 && typeof value === 'string' && /\.\d{7}/.test(value)) {
    return [{ pointer: '', code: 'too-precise', detail: 'An instant has at most microseconds (six digits).' }];
  }
  return defects;
}
