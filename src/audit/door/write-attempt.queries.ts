import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';

const WRITTEN = ['environments', 'flags', 'environment_flags', 'segments', 'tokens', 'checks', 'pipelines'];

/** More than fits into the room that any page has left: a full disk shows. */
const BYTES = 64 * 1_024;

/** Carries a transaction that went well to its rollback. */
class Undone extends Error {}

/**
 * Does what a write needs, and takes it back: does it get the ledger, may it write each table, is there room. `waiting` is given the wait for
 * the ledger. @throws what the database says against it.
 */
export async function tryToWrite(
  dataSource: DataSource,
  waiting: (opening: Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  const attempt = dataSource.transaction('READ COMMITTED', async (manager) => {
    await waiting(manager.query('SELECT flagtree.open_change()'));
    // Privileges are asked for also where no row is concerned.
    for (const table of WRITTEN) await manager.query(`UPDATE flagtree.${table} SET id = id WHERE false`);
    await manager.query(
      `INSERT INTO flagtree.jobs (kind, token_id, created_by, request) VALUES ('import', flagtree.uuid_v7(), 'flagtree', to_jsonb($1::text))`,
      [randomBytes(BYTES).toString('base64')],
    );
    throw new Undone();
  });
  await attempt.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
}
