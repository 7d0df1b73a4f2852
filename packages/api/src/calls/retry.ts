import { FlagtreeProblem, FlagtreeUnreachable } from '../errors.js';
import type { Operation } from './operation.js';

export const TRIES = 4;

const FIRST_MS = 250;
/** Who is told to wait longer is told so by the error, and can do something else. */
const LONGEST_MS = 30_000;

/** What came instead of an answer. */
export interface Failure {
  error: Error;
  retryAfter: string | null;
}

/**
 * After how many milliseconds to ask once more; null: not at all. `attempt` counts from 1. Edits without a key are asked for again only where the
 * server refused them: after an answer that was lost their If-Match would speak against themselves.
 */
export function retryDelay(
  { error, retryAfter }: Failure,
  attempt: number,
  operation: Operation,
  random: number,
  now: number,
): number | null {
  if (attempt >= TRIES || !mayRepeat(error, operation)) return null;
  const asked = millisecondsOf(retryAfter, now);
  if (asked !== null) return asked <= LONGEST_MS ? asked : null;
  return FIRST_MS * 2 ** (attempt - 1) * (1 - random / 2);
}

function mayRepeat(error: Error, operation: Operation): boolean {
  const repeatable = operation.repeatable === true;
  if (error instanceof FlagtreeUnreachable) return repeatable && (error.status === null || error.status >= 500);
  if (!(error instanceof FlagtreeProblem)) return false;
  if (error.status === 429) return true;
  if (error.status === 503) return repeatable || error.code !== 'outcome-unknown';
  return repeatable && (error.status === 502 || error.status === 504);
}

/** Retry-After is seconds or a date. */
function millisecondsOf(text: string | null, now: number): number | null {
  if (text === null || text.trim() === '') return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
