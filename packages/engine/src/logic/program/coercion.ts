import { charge } from '../../meter.js';

/*
 * How flagd's targeting language turns one kind of value into another: as flagd-core's compiled expressions do, so that an expression says the
 * same here and there. What flagd-core throws is a LogicError here; no value that is not JSON is ever reached.
 */

/** An expression that has no value for this context: the evaluation ends with an error code. */
export class LogicError extends Error {}

export function truthy(value: unknown): boolean {
  if (!value) return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** @throws {LogicError} for lists, objects and text that is no number. */
export function numberOf(value: unknown): number {
  const number = typeof value === 'object' && value !== null ? NaN : Number(value);
  if (Number.isNaN(number)) throw new LogicError('it calculates with what is no number');
  return number;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** What an iterating operator goes through: a list, or nothing at all. @throws {LogicError} for anything else. */
export function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!value) return [];
  throw new LogicError('it goes through what is no list');
}

export const MAX_LOGIC_TEXT = 65_536;

export function join(values: readonly unknown[]): string {
  let text = '';
  for (const value of values) {
    text += textOf(value);
    if (text.length > MAX_LOGIC_TEXT) throw tooLong();
  }
  return text;
}

/** As JavaScript writes a value into a text: a missing one is "null". An object of the context may say of itself that it is no text. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  if (!Array.isArray(value)) return '[object Object]';
  // it may be of all that a context holds
  const text = textOfList(value);
  charge(TEXT_OF_LIST_POINTS * text.length);
  return text;
}

const TEXT_OF_LIST_POINTS = 3;

function textOfList(list: readonly unknown[]): string {
  let text = '';
  for (const [index, item] of list.entries()) {
    if (index > 0) text += ',';
    if (item !== null) text += Array.isArray(item) ? textOfList(item) : textOf(item);
    if (text.length > MAX_LOGIC_TEXT) throw tooLong();
  }
  return text;
}

function tooLong(): LogicError {
  return new LogicError(`it makes a text of more than ${MAX_LOGIC_TEXT} characters`);
}

/**
 * What JavaScript compares `a` with to compare it with `b`: text with text by its characters, everything else by number, and what is missing
 * equals what is empty. @throws {LogicError}
 */
export function comparable(a: unknown, b: unknown): unknown {
  if (isTextOrNull(a) && isTextOrNull(b)) return b;
  numberOf(b);
  numberOf(a);
  if (a === null && !b) return null;
  return b === null && !a ? 0 : b;
}

function isTextOrNull(value: unknown): boolean {
  return typeof value === 'string' || value === null;
}
