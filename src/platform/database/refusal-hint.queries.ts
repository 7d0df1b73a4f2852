import type { EntityManager } from 'typeorm';
import { databaseError } from './database-error.js';

/**
 * Completes a refusal by a constraint with its comment, which says what it demands: PostgreSQL names only the constraint. A guard that raises an
 * error gives a hint of its own. Ask on a connection whose transaction is over.
 */
export async function hintAt(error: unknown, manager: EntityManager): Promise<void> {
  const refusal = databaseError(error);
  if (refusal?.constraint === undefined || refusal.hint !== undefined) return;
  const { schema, table, constraint } = refusal;
  const comment = await commentOf(manager, [schema, table, constraint]).catch(() => null); // the refusal is told without it
  if (comment !== null) refusal.hint = comment;
}

/** Of a constraint, or of a unique index that is none. */
async function commentOf(manager: EntityManager, names: readonly (string | undefined)[]): Promise<string | null> {
  const [found] = await manager.query<{ comment: string | null }[]>(
    `SELECT coalesce(
              (SELECT obj_description(own.oid, 'pg_constraint') FROM pg_constraint AS own WHERE own.conrelid = class.oid AND own.conname = $3),
              (SELECT obj_description(own.indexrelid, 'pg_class') FROM pg_index AS own JOIN pg_class AS index ON index.oid = own.indexrelid
                WHERE own.indrelid = class.oid AND index.relname = $3)) AS comment
       FROM pg_class AS class JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
      WHERE namespace.nspname = $1 AND class.relname = $2`,
    [...names],
  );
  return found?.comment ?? null;
}
