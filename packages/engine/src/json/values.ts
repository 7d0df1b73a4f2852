import type { JsonObject } from '../types.js';

const UNSTORABLE = /[\u0000\p{Surrogate}]/u;

export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

export function isPlainObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 6901. */
export function pointerTo(at: string, member: string | number): string {
  return `${at}/${typeof member === 'number' ? member : member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Why a number cannot be told from its neighbours; undefined: it can. */
export function whyInexact(value: number): string | undefined {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return undefined;
  const where = value < 0 ? 'below −(2^53 − 1)' : 'above 2^53 − 1';
  return `${value} is ${where}, and beyond that not every whole number can be told from the next`;
}

/** The value as a short text for a message: never an echo of kilobytes. */
export function show(value: unknown): string {
  return typeof value === 'string'
    ? `"${clip(value)}"`
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : kindOf(value);
}

export function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
