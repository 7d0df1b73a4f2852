import type { EntityManager } from 'typeorm';

/** Environments may go ahead of the pipelines that name them, and come after: what must hold between them is asked at the end. */
export async function leavePipelinesToTheEnd(manager: EntityManager): Promise<void> {
  await manager.query(`SET CONSTRAINTS ALL DEFERRED`);
}

/** All that can be deferred, but for what keeps a rehearsal from its commit. */
export const AT_THE_END = ['t5_refuse_endless_segments', 't7_refuse_lost_steps', 't7_refuse_taken_names'];

/** @throws what the database refuses. Before the commit, so that a dry run hears of it, too. */
export async function endOfPipelines(manager: EntityManager): Promise<void> {
  await manager.query(`SET CONSTRAINTS ${AT_THE_END.map((name) => `flagtree.${name}`).join(', ')} IMMEDIATE`);
}

/** Between the statements of a large import the server computes for longer than an ordinary transaction may be idle. */
export async function openForLong(manager: EntityManager): Promise<void> {
  await manager.query(`SET LOCAL idle_in_transaction_session_timeout = '2min'`);
}
