import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface HeldLedger {
  /** Fulfilled when a write of the server waits for us. */
  waitedFor(): Promise<void>;
  release(): Promise<void>;
}

/** A session that holds the row through which every write goes, so that a write is under way for as long as a test needs. */
export async function holdLedger(databaseUrl: string): Promise<HeldLedger> {
  const holder = new pg.Client({ connectionString: databaseUrl });
  const watcher = new pg.Client({ connectionString: databaseUrl });
  for (const client of [holder, watcher]) client.on('error', () => undefined);
  await Promise.all([holder.connect(), watcher.connect()]);
  const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await holder.query('BEGIN; SELECT ledger.revision FROM flagtree.ledger AS ledger FOR UPDATE');
  return {
    waitedFor: async () => {
      // What sessions of other logins do is not told, but whom they wait for is.
      const waiting = 'SELECT FROM pg_locks AS lock WHERE NOT lock.granted AND $1 = ANY (pg_blocking_pids(lock.pid))';
      while ((await watcher.query(waiting, [rows[0]?.pid])).rowCount === 0) await sleep(10);
    },
    release: async () => {
      await holder.query('COMMIT').catch(() => undefined);
      await Promise.all([holder.end(), watcher.end()]).catch(() => undefined);
    },
  };
}
