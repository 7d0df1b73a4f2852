import type { EntityManager } from 'typeorm';
import type { JsonObject } from '@flagtree/engine';
import type { AuditWord } from './audit-words.js';

export interface AuditFilter {
  flag?: string | undefined;
  environment?: string | undefined;
  actor?: string | undefined;
  action?: AuditWord | undefined;
  since?: string | undefined;
  until?: string | undefined;
  /** Whether entries of tokens are told. */
  withTokens: boolean;
}

export interface AuditRow {
  id: string;
  revision: string;
  at: Date;
  actor: string;
  db_user: string;
  action: string;
  change: string;
  table_name: string;
  flag_key: string | null;
  environment_slug: string | null;
  before: JsonObject | null;
  after: JsonObject | null;
  reason: string | null;
  request_id: string | null;
  causation_id: string | null;
  remote: string | null;
  token: string | null;
  hash: string;
}

/** Digests of secrets are told to nobody; the environments of a token are told by their slugs. */
const told = (side: 'before' | 'after') =>
  `CASE entry.table_name WHEN 'tokens' THEN flagtree.told_row(entry.${side}) ELSE entry.${side} END AS ${side}`;

const CAUSE = `split_part(entry.causation_id, ':', 1)`;
const byItself = (action: string) =>
  `flagtree.row_action(entry.action, entry.table_name, entry.before, entry.after) = '${action}' AND flagtree.audit_action(entry) = '${action}'`;
const promoted = (kind: string) =>
  `entry.causation_id IN (SELECT promotion.id::text FROM flagtree.promotions AS promotion WHERE promotion.kind = '${kind}')`;

/** What each word asks of an entry, said so that an index finds the entries of rare words in a long log. */
const MEANS: Record<AuditWord, string> = {
  created: `entry.action = 'created'`,
  updated: `entry.action IN ('updated', 'archived', 'restored')`,
  deleted: `entry.action = 'deleted'`,
  enable: byItself('enable'),
  disable: byItself('disable'),
  archive: byItself('archive'),
  promote: promoted('promotion'),
  revert: promoted('revert'),
  import: `entry.causation_id LIKE '%:%' AND ${CAUSE} = 'import'`,
  restore: `((entry.causation_id LIKE '%:%' AND ${CAUSE} = 'revision') OR (${byItself('restore')}))`,
};

/** The newest entries first; at most `limit` of those before entry `beforeId`. Those of tokens are for who may see tokens. */
export async function auditEntries(
  manager: EntityManager,
  filter: AuditFilter,
  beforeId: string | null,
  limit: number,
): Promise<AuditRow[]> {
  return manager.query<AuditRow[]>(
    `SELECT entry.id, entry.revision, entry.at, entry.actor, entry.db_user, flagtree.audit_action(entry) AS action,
            CASE WHEN entry.before IS NULL THEN 'created' WHEN entry.after IS NULL THEN 'deleted' ELSE 'updated' END AS change,
            entry.table_name, entry.flag_key, entry.environment_slug, ${told('before')}, ${told('after')}, entry.reason, entry.request_id,
            entry.causation_id, entry.remote, entry.token, encode(entry.hash, 'hex') AS hash
       FROM flagtree.audit_entries AS entry
      WHERE ($1::text IS NULL OR entry.flag_key = $1)
        AND ($2::text IS NULL OR entry.environment_slug = $2)
        AND ($3::text IS NULL OR entry.actor = $3)
        AND ($4::timestamptz IS NULL OR entry.at >= $4)
        AND ($5::timestamptz IS NULL OR entry.at < $5)
        AND ($6::bigint IS NULL OR entry.id < $6)
        AND ${filter.action === undefined ? 'true' : MEANS[filter.action]}
        AND ($7 OR entry.table_name <> 'tokens')
      ORDER BY entry.id DESC
      LIMIT $8`,
    [
      filter.flag ?? null,
      filter.environment ?? null,
      filter.actor ?? null,
      filter.since ?? null,
      filter.until ?? null,
      beforeId,
      filter.withTokens,
      limit,
    ],
  );
}
