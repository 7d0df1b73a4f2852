import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { ConfigError, StartError } from '../config/config-error.js';
import { isDatabaseAway, isDatabaseShort, unavailability } from './database-error.js';

export interface Patience {
  waitMs: number;
  signal: AbortSignal;
  /** Told once, when the first attempt has failed. */
  notice: (line: string) => void;
}

const RETRY_MS = 500;
const OLDEST = 140_000;

/**
 * Opens the first connection; a database that is only starting (as beside us in a compose file) is waited for.
 * @throws StartError when it stays away or turns us away.
 */
export async function connect(dataSource: DataSource, where: string, { waitMs, signal, notice }: Patience): Promise<void> {
  const giveUpAt = Date.now() + waitMs;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      await dataSource.initialize();
      break;
    } catch (error) {
      const why = reason(error);
      if (/unsupported startup parameter/.test(why)) throw strictPooler(where, why, error);
      if (!isDatabaseAway(error) && !isDatabaseShort(error))
        throw new StartError([`The database ${where} turns us away: ${why}`], { cause: error });
      if (Date.now() >= giveUpAt)
        throw new StartError([`The database ${where} ${unavailability(error)}: ${why}`], { cause: error });
      if (attempt === 1) notice(`The database ${where} ${unavailability(error)} (${why}): trying for ${waitMs / 1000} s`);
      await sleep(RETRY_MS);
    }
  }
  await refuseOldVersion(dataSource, where);
}

/** What the server asks of each new session; pgbouncer has to be told to let it pass. */
const STARTUP_PARAMETERS = 'extra_float_digits,options,statement_timeout,lock_timeout,idle_in_transaction_session_timeout';

function strictPooler(where: string, why: string, cause: unknown): ConfigError {
  return new ConfigError(
    [
      `A pooler lies before ${where} and refuses us (${why}): set ignore_startup_parameters = ${STARTUP_PARAMETERS} in pgbouncer.ini`,
    ],
    { cause },
  );
}

async function refuseOldVersion(dataSource: DataSource, where: string): Promise<void> {
  const [server] = await dataSource.query<{ number: number; name: string }[]>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name`,
  );
  if (!server || server.number >= OLDEST) return;
  throw new ConfigError([
    `The database ${where} is PostgreSQL ${server.name}; Flagtree needs 14 or newer: set DATABASE_URL to such a one`,
  ]);
}

// Where a name has several addresses and none answers, the reasons are inside.
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors[0]);
  return error instanceof Error && error.message !== '' ? error.message : String((error as NodeJS.ErrnoException).code ?? error);
}

/** A database URL without its password, for people to read. */
export function urlWithoutPassword(url: string): string {
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`;
}
