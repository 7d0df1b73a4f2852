import type { EntityManager } from 'typeorm';
import type { Check, EvaluationContext } from '@flagtree/engine';

export interface SavedCheck extends Check {
  id: string;
  variant: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

interface CheckRow {
  id: string;
  flag: string;
  environment: string | null;
  name: string;
  context: EvaluationContext;
  variant: string | null;
  created_at: Date;
  updated_at: Date;
  version: number;
}

/** The checks of these flags, by flag and name. */
export async function checksOf(manager: EntityManager, flagIds: readonly string[]): Promise<SavedCheck[]> {
  const rows = await manager.query<CheckRow[]>(
    `SELECT saved.id, flag.key AS flag, environment.slug AS environment, saved.name, saved.context, saved.variant,
            saved.created_at, saved.updated_at, saved.version
       FROM flagtree.checks AS saved
       JOIN flagtree.flags AS flag ON flag.id = saved.flag_id
       LEFT JOIN flagtree.environments AS environment ON environment.id = saved.environment_id
      WHERE saved.flag_id = ANY ($1::uuid[])
      ORDER BY flag.key, saved.name`,
    [flagIds],
  );
  return rows.map(({ created_at: createdAt, updated_at: updatedAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }));
}
