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

const AWAY = /^(08|57P0|53|25006)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|EHOSTUNREACH)$/;
const AWAY_MESSAGE =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|not queryable|Driver not Connected|connection is not yet established|already released|Transaction is not started|server closed the connection/i;

/** The driver knew that the connection was gone before it sent anything. */
const NEVER_SENT = /not queryable|already released|Transaction is not started/;

const NOT_OURS = /^(28|3D|3F)/;
const NOT_OURS_MESSAGE = /not currently accepting connections|relation "flagtree\.\w+" does not exist/;

/** Transient by nature: the transaction was rolled back as a whole and may be run again. */
export function isRetryable(error: unknown): boolean {
  const code = databaseError(error)?.code;
  return code === '40001' || code === '40P01';
}

export function isDatabaseAway(error: unknown): boolean {
  const cause = databaseError(error);
  return cause !== null && (AWAY.test(cause.code ?? '') || AWAY_MESSAGE.test(cause.message));
}

/** The statement did not leave this process: it has had no effect. */
export function isNeverSent(error: unknown): boolean {
  return error instanceof Error && NEVER_SENT.test(error.message);
}

/** Away, or there and of no use to a server that has used it before: no such database, none of our tables, no such user or password. */
export function isDatabaseUnusable(error: unknown): boolean {
  if (isDatabaseAway(error)) return true;
  const cause = databaseError(error);
  return cause !== null && (NOT_OURS.test(cause.code ?? '') || NOT_OURS_MESSAGE.test(cause.message));
}

/** The words after "the database" for one that cannot be used. Only what gives no answer "cannot be reached". */
export function unavailability(error: unknown): string {
  const cause = databaseError(error);
  if (cause === null) return 'cannot be read (the log says why)';
  const code = cause.code ?? '';
  if (code.startsWith('57P')) return 'is starting or stopping';
  if (code.startsWith('53')) return 'has no room left (disk, memory or connections)';
  if (code === '25006') return 'takes no writes: it is a standby, or no primary any more';
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
  return AWAY_MESSAGE.test(cause.message) ? { message: cause.message } : null;
}
