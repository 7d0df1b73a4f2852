import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningJob } from '../jobs/running-job.js';
import { databaseProblem } from '../platform/http/problems/database-problem.js';
import { DomainError } from '../platform/http/problems/problem.js';

const ATTEMPTS = 10;

/** Does what a request would leave to its caller: tries again while another change holds the database. */
export async function patiently<T>(job: RunningJob, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isBusy(error)) throw error;
      job.tell('waiting');
      await sleep(500 + Math.random() * 500);
    }
  }
}

function isBusy(error: unknown): boolean {
  const problem = error instanceof DomainError ? error : databaseProblem(error);
  return problem?.code === 'database-busy';
}
