import { Conflict, type DomainError, Invalid, Unavailable, Unprocessable } from '../http/problems/problem.js';

/** What node-postgres tells of a failed statement, also through TypeORM's QueryFailedError. */
interface DatabaseError {
  code?: string;
  message: string;
  detail?: string;
  hint?: string;
  constraint?: string;
}

const BUSY = new Set(['40001', '40P01', '55P03', '57014']);
const AWAY = /^(08|57P0|53|25006)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|EHOSTUNREACH)$/;
const AWAY_MESSAGE =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|not queryable|Driver not Connected|connection is not yet established|already released|Transaction is not started|server closed the connection/i;

const NOT_OURS = /^(28|3D|3F)/;
const NOT_OURS_MESSAGE = /not currently accepting connections|relation "flagtree\.\w+" does not exist/;

/** The problem that an error of the database is for the caller; null when it is none of the database's, or a bug of ours. */
export function databaseProblem(error: unknown): DomainError | null {
  const cause = databaseError(error);
  if (!cause) return null;
  const code = cause.code ?? '';
  if (code.startsWith('FT')) return new Conflict(guardCode(code), sentence(cause));
  if (code === '23505') return new Conflict('already-exists', `That already exists: ${cause.detail ?? cause.message}`);
  if (code === '23503' || code === '23001')
    return new Conflict('still-referenced', `Something else refers to it: ${cause.detail ?? cause.message}`);
  if (code === '23514' || code === '23502')
    return new Unprocessable('refused-by-database', `The database refuses this value: ${cause.message}`);
  if (code === '22P05' || code === '22P02' || code === '22021') {
    return new Invalid('unstorable-text', 'The request holds text that cannot be stored: NUL characters or unpaired surrogates.');
  }
  if (BUSY.has(code))
    return new Unavailable('database-busy', 'Another change holds the database: nothing was changed, try again.', 1, {
      cause: error,
    });
  if (isDatabaseAway(error)) {
    return new Unavailable(
      'database-away',
      'The database cannot be reached: nothing was changed. Evaluation goes on; try again soon.',
      5,
      { cause: error },
    );
  }
  if (isDatabaseUnusable(error)) {
    return new Unavailable(
      'database-unusable',
      'The database was dropped, is being restored, or turns this server away: nothing was changed. Evaluation goes on; the log says more.',
      5,
      { cause: error },
    );
  }
  return null;
}

/** Transient by nature: the transaction was rolled back as a whole and may be run again. */
export function isRetryable(error: unknown): boolean {
  const code = databaseError(error)?.code;
  return code === '40001' || code === '40P01';
}

export function isDatabaseAway(error: unknown): boolean {
  const cause = databaseError(error);
  return cause !== null && (AWAY.test(cause.code ?? '') || AWAY_MESSAGE.test(cause.message));
}

/** Away, or there and of no use to a server that has used it before: no such database, none of our tables, no such user or password. */
export function isDatabaseUnusable(error: unknown): boolean {
  if (isDatabaseAway(error)) return true;
  const cause = databaseError(error);
  return cause !== null && (NOT_OURS.test(cause.code ?? '') || NOT_OURS_MESSAGE.test(cause.message));
}

function databaseError(error: unknown): DatabaseError | null {
  if (!(error instanceof Error)) return null;
  const driver = (error as { driverError?: unknown }).driverError;
  const cause = driver instanceof Error ? driver : error;
  const code = (cause as { code?: unknown }).code;
  if (typeof code === 'string' && /^([0-9A-Z]{5}|E[A-Z]+)$/.test(code)) return cause;
  return AWAY_MESSAGE.test(cause.message) ? { message: cause.message } : null;
}

const GUARDS: Record<string, string> = {
  FT001: 'environment-cycle',
  FT002: 'environment-too-deep',
  FT003: 'immutable-field',
  FT004: 'append-only',
  FT005: 'append-only',
  FT006: 'ledger-broken',
  FT007: 'environment-in-pipeline',
};

const guardCode = (sqlState: string) => GUARDS[sqlState] ?? 'refused-by-database';

const sentence = ({ message, hint }: DatabaseError) =>
  hint === undefined ? message : `${message}${/[.!?]$/.test(message) ? '' : '.'} ${hint}`;
