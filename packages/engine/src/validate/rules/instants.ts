import { parseTimestamp } from '../../operators/timestamps.js';
import type { Defect } from '../../types.js';

// PostgreSQL has no year 0, and no offset of 16 hours or more (the widest in use is 14).
const RFC_3339 = /^(?!0000)\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:0\d|1[0-5]):\d\d)$/;

/** Validates an RFC 3339 instant; null is left to the property's own rules. */
export function validateInstant(value: unknown): Defect[] {
  if (value === null) return [];
  if (typeof value === 'string' && RFC_3339.test(value) && isDate(value)) return [];
  return [{ pointer: '', code: 'invalid-instant', detail: 'Say an instant as RFC 3339, such as 2026-12-01T00:00:00Z.' }];
}

/** `Date` alone takes February 30 for March 2; it knows no leap seconds, which the engine does. */
const isDate = (text: string) => !Number.isNaN(Date.parse(text)) && !Number.isNaN(parseTimestamp(text));

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
