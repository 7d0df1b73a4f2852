/** What node-postgres tells of a failed statement, also through TypeORM's QueryFailedError. */
export interface DatabaseError {
  code?: string;
  /** `ERROR`: the statement was refused, and the session goes on. `FATAL`, `PANIC`: it has ended. */
  severity?: string;
  message: string;
  detail?: string;
  hint?: string;
  /** What of the schema refused it, by name. */
  schema?: string;
  table?: string;
  constraint?: string;
}

/** The database is a copy that follows another one, and may lag behind it: it is neither read nor written. */
export class StandbyError extends Error {
  constructor() {
    super('the database is a standby (pg_is_in_recovery)');
  }
}

const AWAY = /^(08|57P0)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|EHOSTUNREACH)$/;
const AWAY_MESSAGE =
  /Connection terminated|Query read timeout|Client has encountered a connection error|not queryable|Driver not Connected|connection is not yet established|already released|Transaction is not started|server closed the connection/i;

/** Of the pool: all of its connections are at work. */
const SHORT_MESSAGE = /timeout exceeded when trying to connect/;

/** Read-only, full, out of memory, failing itself, or without a privilege that we had. */
const REFUSES = /^(25006|53[0124]00|58|XX00[12]|42501)/;

/** The driver knew that the connection was gone before it sent anything. */
const NEVER_SENT = /not queryable|already released|Transaction is not started/;

const NOT_OURS = /^(28|3D|3F)/;
const NOT_OURS_MESSAGE = /not currently accepting connections|relation "flagtree\.\w+" does not exist/;

/** Transient by nature: the transaction was rolled back as a whole and may be run again. */
export function isRetryable(error: unknown): boolean {
  const code = databaseError(error)?.code;
  return code === '40001' || code === '40P01';
}

/** It cannot be reached, or is not the one that decides. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof StandbyError) return true;
  const cause = databaseError(error);
  return cause !== null && (AWAY.test(cause.code ?? '') || AWAY_MESSAGE.test(cause.message));
}

/** There is no connection to it just now: all of ours are at work, or it takes no more. */
export function isDatabaseShort(error: unknown): boolean {
  const cause = databaseError(error);
  return cause !== null && (cause.code === '53300' || SHORT_MESSAGE.test(cause.message));
}

/** It answers, and does not do what is asked, whoever asks. */
export function refusesWrites(error: unknown): boolean {
  return REFUSES.test(databaseError(error)?.code ?? '');
}

/** The statement did not leave this process: it has had no effect. */
export function isNeverSent(error: unknown): boolean {
  return error instanceof Error && NEVER_SENT.test(error.message);
}

/** Of no use to a server that has used it before: away, without a connection for us, refusing, or no such database, tables, user or password. */
export function isDatabaseUnusable(error: unknown): boolean {
  if (isDatabaseAway(error) || isDatabaseShort(error) || refusesWrites(error)) return true;
  const cause = databaseError(error);
  return cause !== null && (NOT_OURS.test(cause.code ?? '') || NOT_OURS_MESSAGE.test(cause.message));
}

/** The words after "the database" for one that cannot be used. Only what gives no answer "cannot be reached". */
export function unavailability(error: unknown): string {
  if (error instanceof StandbyError) return 'is a standby';
  const cause = databaseError(error);
  if (cause === null) return 'cannot be read (the log says why)';
  const code = cause.code ?? '';
  if (SHORT_MESSAGE.test(cause.message))
    return 'has no connection free: those of this server are all at work (FLAGTREE_DATABASE_POOL_SIZE)';
  if (code.startsWith('57P')) return 'is starting or stopping';
  if (code.startsWith('53')) return 'has no room left (disk, memory or connections)';
  if (code === '25006') return 'takes no writes: it is a standby, or no primary any more';
  if (refusesWrites(error)) return `answers, and refuses this (${cause.message})`;
  if (/Driver not Connected|connection is not yet established/.test(cause.message))
    return 'is not connected (/health/ready says why)';
  if (isDatabaseAway(error)) return 'cannot be reached';
  return isDatabaseUnusable(error)
    ? 'was dropped, is being restored, or turns this server away'
    : 'cannot be read (the log says why)';
}

/** What the driver says; null for an error of another kind. */
export function databaseError(error: unknown): DatabaseError | null {
  if (!(error instanceof Error)) return null;
  const driver = (error as { driverError?: unknown }).driverError;
  const cause = driver instanceof Error ? driver : error;
  const code = (cause as { code?: unknown }).code;
  if (typeof code === 'string' && /^([0-9A-Z]{5}|E[A-Z]+)$/.test(code)) return cause;
  return AWAY_MESSAGE.test(cause.message) || SHORT_MESSAGE.test(cause.message) ? { message: cause.message } : null;
}
