import type { EntityManager } from 'typeorm';
import type { RowEdit, TargetValues } from '@flagtree/engine';
import type { StoredPlan } from './promotion-record.js';

export interface PromotionRow {
  id: string;
  kind: 'promotion' | 'revert';
  reverts: string | null;
  source: string;
  targets: string[];
  flags: string[];
  mode: string;
  with_values: TargetValues;
  keep: string[];
  fields: string[];
  prune: boolean;
  plan_id: string;
  plan: StoredPlan & { rows: RowEdit[] };
  actor: string;
  token: string | null;
  reason: string | null;
  revision: string;
  created_at: Date;
  reverted_by: string | null;
}

export interface PromotionFilter {
  flag?: string | undefined;
  environment?: string | undefined;
  actor?: string | undefined;
  kind?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

const COLUMNS = `promotion.id, promotion.kind, promotion.reverts, promotion.source, promotion.targets, promotion.flags, promotion.mode,
       promotion.with_values, promotion.keep, promotion.fields, promotion.prune, promotion.plan_id, promotion.plan, promotion.actor, promotion.token, promotion.reason, promotion.revision,
       promotion.created_at,
       (SELECT later.id FROM flagtree.promotions AS later WHERE later.reverts = promotion.id ORDER BY later.id DESC LIMIT 1) AS reverted_by`;

/** The newest first; at most `limit` of those before `beforeRevision`. A revision has at most one promotion. */
export async function promotionRows(
  manager: EntityManager,
  filter: PromotionFilter,
  beforeRevision: string | null,
  limit: number,
): Promise<PromotionRow[]> {
  return manager.query<PromotionRow[]>(
    `SELECT ${COLUMNS}
       FROM flagtree.promotions AS promotion
      WHERE ($1::text IS NULL OR promotion.flags @> ARRAY[$1])
        AND ($2::text IS NULL OR promotion.source = $2 OR promotion.targets @> ARRAY[$2])
        AND ($3::text IS NULL OR promotion.actor = $3)
        AND ($4::text IS NULL OR promotion.kind = $4)
        AND ($5::timestamptz IS NULL OR promotion.created_at >= $5)
        AND ($6::timestamptz IS NULL OR promotion.created_at < $6)
        AND ($7::bigint IS NULL OR promotion.revision < $7)
      ORDER BY promotion.revision DESC
      LIMIT $8`,
    [
      filter.flag ?? null,
      filter.environment ?? null,
      filter.actor ?? null,
      filter.kind ?? null,
      filter.since ?? null,
      filter.until ?? null,
      beforeRevision,
      limit,
    ],
  );
}

export async function promotionById(manager: EntityManager, id: string): Promise<PromotionRow | null> {
  const [row] = await manager.query<PromotionRow[]>(
    `SELECT ${COLUMNS} FROM flagtree.promotions AS promotion WHERE promotion.id::text = $1`,
    [id],
  );
  return row ?? null;
}

export type NewPromotion = Omit<PromotionRow, 'created_at' | 'reverted_by' | 'actor' | 'token' | 'revision'> & {
  revision: number;
};

export async function insertPromotion(manager: EntityManager, row: NewPromotion): Promise<void> {
  await manager.query(
    `INSERT INTO flagtree.promotions (id, kind, reverts, source, targets, flags, mode, fields, prune, plan_id, plan, reason, revision,
                                        with_values, keep)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      row.id, row.kind, row.reverts, row.source, row.targets, row.flags, row.mode, row.fields, row.prune, row.plan_id,
      JSON.stringify(row.plan), row.reason, row.revision, JSON.stringify(row.with_values), row.keep,
    ], // prettier-ignore
  );
}

/**
 * When each flag last changed in the first of these environments, which inherits from the others: its base, its override in one of them, or,
 * for all flags at once, the chain itself, when one of them was made or got another parent.
 */
export async function lastChanges(
  manager: EntityManager,
  flags: readonly string[],
  chain: readonly string[],
): Promise<Map<string, Date>> {
  const rows = await manager.query<{ flag: string | null; at: Date }[]>(
    `SELECT entry.flag_key AS flag, max(entry.at) AS at
       FROM flagtree.audit_entries AS entry
      WHERE entry.flag_key = ANY ($1::text[]) AND entry.table_name IN ('flags', 'environment_flags')
        AND (entry.environment_slug IS NULL OR entry.environment_slug = ANY ($2::text[]))
      GROUP BY entry.flag_key
      UNION ALL
     SELECT NULL, max(entry.at)
       FROM flagtree.audit_entries AS entry
      WHERE entry.environment_slug = ANY ($2::text[]) AND entry.table_name = 'environments'
        AND entry.before -> 'parent_id' IS DISTINCT FROM entry.after -> 'parent_id'
     HAVING count(*) > 0`,
    [flags, chain],
  );
  const moved = rows.find(({ flag }) => flag === null)?.at;
  const own = new Map(rows.map(({ flag, at }) => [flag, at]));
  return new Map(flags.flatMap((flag) => newest([own.get(flag), moved]).map((at) => [flag, at] as const)));
}

/** The latest, where there is any. */
function newest(moments: readonly (Date | undefined)[]): Date[] {
  return moments
    .filter((moment) => moment !== undefined)
    .sort((a, b) => b.getTime() - a.getTime())
    .slice(0, 1);
}
