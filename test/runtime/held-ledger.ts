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
  await holder.query('BEGIN; SELECT ledger.revision FROM flagtree.ledger AS ledger FOR UPDATE');
  return {
    waitedFor: async () => {
      const waiting = `SELECT FROM pg_stat_activity AS session WHERE session.datname = current_database() AND session.wait_event_type = 'Lock'`;
      while ((await watcher.query(waiting)).rowCount === 0) await sleep(10);
    },
    release: async () => {
      await holder.query('COMMIT').catch(() => undefined);
      await Promise.all([holder.end(), watcher.end()]).catch(() => undefined);
    },
  };
}
