import {
  type DatabaseError,
  databaseError,
  isDatabaseAway,
  isDatabaseShort,
  isDatabaseUnusable,
  refusesWrites,
  StandbyError,
  unavailability,
} from '../../database/database-error.js';
import { OutcomeUnknown } from '../../database/outcome/known-transaction.js';
import { Conflict, type DomainError, Invalid, Unavailable, Unprocessable } from './problem.js';

const BUSY = new Set(['40001', '40P01', '55P03', '57014']);

/** The problem that an error of the database is for the caller; null when it is none of the database's, or a bug of ours. */
export function databaseProblem(error: unknown): DomainError | null {
  if (error instanceof OutcomeUnknown) {
    return new Unavailable(
      'outcome-unknown',
      'The connection to the database was lost while it committed this, and it cannot be asked now: it may have been done, or not. Look before you repeat it, or send it with an Idempotency-Key, which makes repeating safe.',
      5,
      { cause: error },
    );
  }
  if (error instanceof StandbyError) return unusable(error);
  const cause = databaseError(error);
  if (!cause) return null;
  const code = cause.code ?? '';
  if (code.startsWith('FT')) return new Conflict(guardCode(code), sentence(cause));
  if (code === '23505') return new Conflict('already-exists', `That already exists: ${sentence(cause, cause.detail)}`);
  if (code === '23503' || code === '23001')
    return new Conflict('still-referenced', `Something else refers to it: ${sentence(cause, cause.detail)}`);
  if (code === '23514' || code === '23502')
    return new Unprocessable('refused-by-database', `The database refuses this value: ${sentence(cause)}`);
  if (code === '22P05' || code === '22P02' || code === '22021') {
    return new Invalid('unstorable-text', 'The request holds text that cannot be stored: NUL characters or unpaired surrogates.');
  }
  if (BUSY.has(code))
    return new Unavailable('database-busy', 'Another change holds the database: nothing was changed, try again.', 1, {
      cause: error,
    });
  return unusable(error);
}

function unusable(error: unknown): Unavailable | null {
  if (!isDatabaseUnusable(error)) return null;
  const detail = `The database ${unavailability(error)}. Nothing was changed, and evaluation goes on: try again soon.`;
  const options = { cause: error };
  if (isDatabaseShort(error)) return new Unavailable('database-busy', detail, 1, options);
  if (refusesWrites(error)) return new Unavailable('database-refuses-writes', detail, 5, options);
  if (isDatabaseAway(error)) return new Unavailable('database-away', detail, 5, options);
  return new Unavailable('database-unusable', detail, 5, options);
}

const GUARDS: Record<string, string> = {
  FT001: 'environment-cycle',
  FT002: 'environment-too-deep',
  FT003: 'immutable-field',
  FT004: 'append-only',
  FT005: 'append-only',
  FT006: 'ledger-broken',
  FT007: 'environment-in-pipeline',
  FT008: 'invalid-segment',
};

const guardCode = (sqlState: string) => GUARDS[sqlState] ?? 'refused-by-database';

/** What happened, and what the guard or the comment of the constraint says to do about it. */
const sentence = ({ message, hint }: DatabaseError, what = message) =>
  hint === undefined ? what : `${what}${/[.!?]$/.test(what) ? '' : '.'} ${hint}`;
