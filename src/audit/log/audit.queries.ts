import type { EntityManager } from 'typeorm';
import type { JsonObject } from '@flagtree/engine';

export interface AuditFilter {
  flag?: string | undefined;
  environment?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

export interface AuditRow {
  id: string;
  revision: string;
  at: Date;
  actor: string;
  db_user: string;
  action: string;
  table_name: string;
  flag_key: string | null;
  environment_slug: string | null;
  before: JsonObject | null;
  after: JsonObject | null;
  reason: string | null;
  request_id: string | null;
  causation_id: string | null;
  hash: string;
}

/** The newest entries first; at most `limit` of those before entry `beforeId`. */
export async function auditEntries(
  manager: EntityManager,
  filter: AuditFilter,
  beforeId: number | null,
  limit: number,
): Promise<AuditRow[]> {
  return manager.query<AuditRow[]>(
    `SELECT entry.id, entry.revision, entry.at, entry.actor, entry.db_user, entry.action, entry.table_name, entry.flag_key,
            entry.environment_slug, entry.before, entry.after, entry.reason, entry.request_id, entry.causation_id,
            encode(entry.hash, 'hex') AS hash
       FROM flagtree.audit_entries AS entry
      WHERE ($1::text IS NULL OR entry.flag_key = $1)
        AND ($2::text IS NULL OR entry.environment_slug = $2)
        AND ($3::text IS NULL OR entry.actor = $3)
        AND ($4::text IS NULL OR entry.action = $4)
        AND ($5::timestamptz IS NULL OR entry.at >= $5)
        AND ($6::timestamptz IS NULL OR entry.at < $6)
        AND ($7::bigint IS NULL OR entry.id < $7)
      ORDER BY entry.id DESC
      LIMIT $8`,
    [
      filter.flag ?? null,
      filter.environment ?? null,
      filter.actor ?? null,
      filter.action ?? null,
      filter.since ?? null,
      filter.until ?? null,
      beforeId,
      limit,
    ],
  );
}
