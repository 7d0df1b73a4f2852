import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '../access/identity/caller.js';
import { newId } from '../audit/change/new-id.js';
import { isDatabaseUnusable } from '../platform/database/database-error.js';
import { knownTransaction, OutcomeUnknown } from '../platform/database/outcome/known-transaction.js';
import { databaseProblem } from '../platform/http/problems/database-problem.js';
import { Conflict, DomainError, NotFound, Unavailable } from '../platform/http/problems/problem.js';
import type { JobDto } from './job.dto.js';
import { JobLocks } from './job-locks.js';
import {
  buryDeadJobs,
  finish,
  insertJob,
  isCancelRequested,
  isJob,
  type NewJob,
  requestCancel,
  visibleJobs,
} from './jobs.queries.js';
import { JobStopped, RunningJob } from './running-job.js';

/** Does one thing, tells the job how far it is, and marks it succeeded in its own transaction. */
export type Work = (job: RunningJob) => Promise<void>;

/** Jobs hold what they were given in memory: more than this wait elsewhere. */
const MAX_UNDER_WAY = 4;

const BURIAL_RETRY_MS = 10_000;

/** Work that outlives its request: one after another, since each waits for the ledger anyway. */
@Injectable()
export class JobsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(JobsService.name);
  private readonly underWay = new Map<string, RunningJob>();
  private last: Promise<void> = Promise.resolve();
  private burial: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly locks: JobLocks,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.bury();
  }

  /** A start without the database must not fail for this: it is done when that is back. */
  private async bury(): Promise<void> {
    try {
      const dead = await buryDeadJobs(this.dataSource.manager);
      if (dead > 0)
        this.logger.warn(
          `${String(dead)} jobs were interrupted by the end of their server, or of its connection to the database, and are marked failed: nothing of theirs was changed.`,
        );
    } catch (error) {
      if (!isDatabaseUnusable(error)) throw error;
      this.burial = setTimeout(() => void this.bury().catch(() => undefined), BURIAL_RETRY_MS).unref();
    }
  }

  /** Stops what is under way: a stop of the server does not wait for an import. */
  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.burial);
    for (const job of this.underWay.values()) job.stop('the server stops');
    await this.last;
  }

  /** Takes the work on; it begins when those before it are done. */
  async start(kind: NewJob['kind'], caller: Caller, request: object, work: Work): Promise<JobDto> {
    if (this.underWay.size >= MAX_UNDER_WAY) {
      throw new Unavailable('too-many-jobs', `${String(MAX_UNDER_WAY)} jobs are under way here: wait until one is done.`, 10);
    }
    const job = new RunningJob(newId(), this.dataSource);
    this.underWay.set(job.id, job);
    try {
      await this.locks.take(job.id);
      await knownTransaction(this.dataSource, async (manager) => {
        await insertJob(manager, { id: job.id, kind, caller, request });
        return { result: job.id, isThere: (other) => isJob(other, job.id) };
      });
    } catch (error) {
      this.underWay.delete(job.id);
      await this.locks.release(job.id).catch(() => undefined);
      throw error;
    }
    const before = this.last;
    this.last = before.then(() => this.run(job, work));
    return this.get(caller, job.id);
  }

  /** @throws {NotFound} also for a job of another token, which only an admin may see. */
  async get(caller: Caller, id: string): Promise<JobDto> {
    const [job] = isUuid(id) ? await this.visible(caller, id, 1, null) : [];
    if (job) return job;
    throw new NotFound('job-not-found', `There is no job ${id} of this token: jobs are kept for 30 days.`);
  }

  async list(caller: Caller, limit: number, cursor: string | null): Promise<JobDto[]> {
    return this.visible(caller, null, limit, cursor);
  }

  /** Asks the job to stop; it then changes nothing. @throws {Conflict} when it is over. */
  async cancel(caller: Caller, id: string): Promise<JobDto> {
    const { status } = await this.get(caller, id);
    const asked = await knownTransaction(this.dataSource, async (manager) => ({
      result: await requestCancel(manager, id),
      isThere: (other) => isCancelRequested(other, id),
    }));
    if (!asked) {
      throw new Conflict('job-finished', `The job is over (${status}) and cannot be cancelled any more.`);
    }
    this.underWay.get(id)?.stop('cancelled');
    return this.get(caller, id);
  }

  private async visible(caller: Caller, id: string | null, limit: number, cursor: string | null): Promise<JobDto[]> {
    await buryDeadJobs(this.dataSource.manager);
    return visibleJobs(this.dataSource.manager, caller, id, limit, cursor);
  }

  /** Never fails: what went wrong is told by the job. */
  private async run(job: RunningJob, work: Work): Promise<void> {
    try {
      await work(job);
    } catch (error) {
      await job.settle();
      await this.end(job, error);
    } finally {
      this.underWay.delete(job.id);
      await this.locks.release(job.id).catch(() => undefined);
    }
  }

  private async end({ id }: RunningJob, error: unknown): Promise<void> {
    const { manager } = this.dataSource;
    try {
      if (error instanceof JobStopped && error.message === 'cancelled') await finish(manager, id, 'cancelled', null);
      else await finish(manager, id, 'failed', this.problemOf(id, error));
    } catch (cause) {
      this.logger.error({ err: cause, job: id }, 'the end of a job could not be told; it counts as interrupted');
    }
  }

  /** A job is marked done in the transaction that does it. So where it can be marked failed nothing was changed, also if its COMMIT was lost. */
  private problemOf(id: string, error: unknown): object {
    if (error instanceof JobStopped) return interrupted(error.message);
    if (error instanceof OutcomeUnknown) return interrupted('the connection to the database was lost while it committed');
    const known = error instanceof DomainError ? error : databaseProblem(error);
    if (known) return { code: known.code, detail: known.message, ...known.members };
    this.logger.error({ err: error, job: id }, 'unexpected error');
    return { code: 'internal-error', detail: `Something failed inside the server. Its log tells more under job ${id}.` };
  }
}

const interrupted = (why: string) => ({
  code: 'interrupted',
  detail: `It was interrupted (${why}): nothing was changed. Ask for it again.`,
});

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
