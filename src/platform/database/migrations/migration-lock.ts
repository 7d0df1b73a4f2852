import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { MigrationError } from './sql-migration.js';

/** "FLAG", "TREE": advisory locks are numbers. */
const LOCK = '1179402567, 1414677829';
const POLL_MS = 200;

/** Polls: a session that waits inside of PostgreSQL holds a snapshot, on which CREATE INDEX CONCURRENTLY in the other one waits. */
export async function withMigrationLock<T>(
  dataSource: DataSource,
  waitMs: number,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const giveUpAt = Date.now() + waitMs;
  try {
    for (;;) {
      const [lock] = (await runner.query(`SELECT pg_try_advisory_lock(${LOCK}) AS ours`)) as [{ ours: boolean }];
      if (lock.ours) break;
      if (Date.now() > giveUpAt)
        throw new MigrationError(`Another process is migrating this database, and is not done yet: ${await holder(runner)}`);
      await sleep(POLL_MS);
    }
    try {
      return await work(runner);
    } finally {
      await runner.query(`SELECT pg_advisory_unlock(${LOCK})`).catch(() => undefined);
    }
  } finally {
    await runner.release();
  }
}

async function holder(runner: QueryRunner): Promise<string> {
  const [session] = (await runner.query(
    `SELECT activity.pid, activity.usename, activity.application_name, activity.client_addr
       FROM pg_locks AS lock JOIN pg_stat_activity AS activity ON activity.pid = lock.pid
      WHERE lock.locktype = 'advisory' AND lock.granted AND (lock.classid, lock.objid) = (${LOCK})
        AND lock.database = (SELECT this.oid FROM pg_database AS this WHERE this.datname = current_database())`,
  )) as { pid: number; usename: string; application_name: string; client_addr: string | null }[];
  if (!session) return 'it has just finished, try again';
  return `session ${session.pid} of ${session.usename} ("${session.application_name}", from ${session.client_addr ?? 'this machine'})`;
}
