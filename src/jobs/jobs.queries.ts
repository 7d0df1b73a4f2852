import type { EntityManager } from 'typeorm';
import type { Caller } from '../access/identity/caller.js';
import type { JobDto, JobStatus } from './job.dto.js';

export interface NewJob {
  id: string;
  kind: 'import';
  caller: Caller;
  request: object;
}

const KEPT = '30 days';

const VIEW = `
  job.id, job.kind, job.status, job.created_by AS "createdBy",
  (SELECT token.public_id FROM flagtree.tokens AS token WHERE token.id = job.token_id) AS token, job.request, job.result, job.problem,
  jsonb_build_object('step', job.step, 'done', job.done, 'total', job.total) AS progress,
  job.cancel_requested AS "cancelRequested", job.revision,
  job.created_at AS "createdAt", job.started_at AS "startedAt", job.finished_at AS "finishedAt"`;

type JobRow = Omit<JobDto, 'revision' | 'createdAt' | 'startedAt' | 'finishedAt'> & {
  revision: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
};

export async function insertJob(manager: EntityManager, { id, kind, caller, request }: NewJob): Promise<void> {
  await manager.query(`DELETE FROM flagtree.jobs AS job WHERE job.finished_at <= now() - $1::interval`, [KEPT]);
  await manager.query(
    `INSERT INTO flagtree.jobs (id, kind, token_id, created_by, request, step) VALUES ($1, $2, $3, $4, $5, 'waiting')`,
    [id, kind, caller.tokenId, caller.actor, request],
  );
}

/** The jobs that a caller may see: its own, and for an admin all. `id` null: the newest ones, those before `cursor`. */
export async function visibleJobs(
  manager: EntityManager,
  caller: Caller,
  id: string | null,
  limit: number,
  cursor: string | null,
): Promise<JobDto[]> {
  const rows = await manager.query<JobRow[]>(
    `SELECT ${VIEW}
       FROM flagtree.jobs AS job
      WHERE ($1::uuid IS NULL OR job.id = $1) AND ($2 OR job.token_id = $3) AND ($4::uuid IS NULL OR job.id < $4)
      ORDER BY job.id DESC
      LIMIT $5`,
    [id, caller.managesTokens, caller.tokenId, cursor, limit],
  );
  return rows.map((row) => ({
    ...row,
    revision: row.revision === null ? null : Number(row.revision),
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }));
}

/** Whether the job may go on: it is still under way and nobody wants it to stop. */
export async function tellProgress(
  manager: EntityManager,
  id: string,
  progress: { step: string; done: number; total: number | null },
): Promise<boolean> {
  const [rows] = await manager.query<[{ cancel_requested: boolean }[], number]>(
    `UPDATE flagtree.jobs AS job
        SET status = 'running', step = $2, done = $3, total = $4, started_at = coalesce(job.started_at, clock_timestamp())
      WHERE job.id = $1 AND job.status IN ('queued', 'running')
      RETURNING job.cancel_requested`,
    [id, progress.step, progress.done, progress.total],
  );
  return rows[0]?.cancel_requested === false;
}

/** Within the transaction of the job's own changes. False when somebody cancelled it, or took it for dead. */
export async function succeed(manager: EntityManager, id: string, revision: number, result: object): Promise<boolean> {
  const [, changed] = await manager.query<[unknown, number]>(
    `UPDATE flagtree.jobs AS job
        SET status = 'succeeded', step = NULL, done = coalesce(job.total, job.done), revision = $2, result = $3, finished_at = clock_timestamp(),
            started_at = coalesce(job.started_at, clock_timestamp())
      WHERE job.id = $1 AND job.status IN ('queued', 'running') AND NOT job.cancel_requested`,
    [id, revision, JSON.stringify(result)],
  );
  return changed === 1;
}

export async function finish(
  manager: EntityManager,
  id: string,
  status: Extract<JobStatus, 'failed' | 'cancelled'>,
  problem: object | null,
): Promise<void> {
  await manager.query(
    `UPDATE flagtree.jobs AS job
        SET status = $2, step = NULL, problem = $3, finished_at = clock_timestamp()
      WHERE job.id = $1 AND job.status IN ('queued', 'running')`,
    [id, status, problem && JSON.stringify(problem)],
  );
}

/** False when the job is over already. */
export async function requestCancel(manager: EntityManager, id: string): Promise<boolean> {
  const [, changed] = await manager.query<[unknown, number]>(
    `UPDATE flagtree.jobs AS job SET cancel_requested = true WHERE job.id = $1 AND job.status IN ('queued', 'running')`,
    [id],
  );
  return changed === 1;
}

export async function isJob(manager: EntityManager, id: string): Promise<boolean> {
  return (await manager.query<unknown[]>(`SELECT FROM flagtree.jobs AS job WHERE job.id = $1`, [id])).length > 0;
}

export async function isCancelRequested(manager: EntityManager, id: string): Promise<boolean> {
  return (
    (await manager.query<unknown[]>(`SELECT FROM flagtree.jobs AS job WHERE job.id = $1 AND job.cancel_requested`, [id])).length >
    0
  );
}

/** Jobs under way whose lock nobody holds: their server has died, and with it their transaction. */
export async function buryDeadJobs(manager: EntityManager): Promise<number> {
  const [, changed] = await manager.query<[unknown, number]>(
    `UPDATE flagtree.jobs AS job
        SET status = 'failed', step = NULL, finished_at = clock_timestamp(),
            problem = jsonb_build_object('code', 'interrupted', 'detail', 'The server that ran this job has ended, or lost its connection to the database: nothing was changed. Ask for it again.')
      WHERE job.status IN ('queued', 'running') AND pg_try_advisory_xact_lock(flagtree.job_lock_key(job.id))`,
  );
  return changed;
}
