import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { databaseError } from '../../platform/database/database-error.js';
import { databaseUrlOf } from '../../platform/database/data-source.js';
import { ImpatientClient } from '../../platform/database/impatient-client.js';
import { type Readiness, ReadinessRegistry } from '../../platform/health/readiness-registry.js';
import { databaseProblem } from '../../platform/http/problems/database-problem.js';
import { Unavailable } from '../../platform/http/problems/problem.js';
import { StateStore } from '../follow/state-store.js';
import { describeHolder, type LedgerHolder, ledgerHolder } from './ledger-holder.js';
import { tryToWrite } from './write-attempt.queries.js';

/** From here on a write that waits for the ledger is worth the question who holds it; sooner than it gives up. */
const ASK_AFTER_MS = 1_000;
const RETRY_MS = 3_000;
/** Others may hold the ledger for a while, as a large import does. */
const BUSY_MS = 10_000;

interface Failure {
  since: Date;
  problem: Unavailable;
}

/** Whether writes are possible: as the last one went and, once one has failed, as trying again every few seconds goes, whether anybody writes or not. */
@Injectable()
export class WriteHealth implements OnApplicationShutdown {
  private readonly logger = new Logger(WriteHealth.name);
  private failure: Failure | null = null;
  private holder: LedgerHolder | null = null;
  private asking: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: StateStore,
    readiness: ReadinessRegistry,
  ) {
    readiness.register('writes', () => this.readiness());
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  worked(): void {
    clearTimeout(this.timer);
    if (this.failure) this.logger.log(`Writes are possible again; they were not since ${this.failure.since.toISOString()}.`);
    this.failure = null;
  }

  /** What the caller is to hear of a write that failed: who holds the ledger, where that is why. */
  failed(error: unknown): unknown {
    const problem = databaseProblem(error);
    if (!(problem instanceof Unavailable)) return error;
    const told = this.withHolder(problem, error);
    if (databaseError(error)?.code === '25006') ImpatientClient.discardIdle(); // perhaps the name leads to another server by now
    if (told.message !== this.failure?.problem.message) this.logger.warn(`A write has failed: ${told.message}`);
    this.failure = { since: this.failure?.since ?? new Date(), problem: told };
    this.schedule();
    return told === problem ? error : told;
  }

  /** Finds out who holds the ledger while `opening` waits for it: afterwards nobody can tell. */
  async waiting<T>(opening: Promise<T>): Promise<T> {
    const late = setTimeout(() => {
      if (this.asking) return;
      this.holder = null;
      this.asking = ledgerHolder(databaseUrlOf(this.dataSource))
        .then((holder) => void (this.holder = holder))
        .finally(() => (this.asking = null));
    }, ASK_AFTER_MS);
    try {
      return await opening;
    } finally {
      clearTimeout(late);
    }
  }

  private withHolder(problem: Unavailable, error: unknown): Unavailable {
    if (databaseError(error)?.code !== '55P03' || !this.holder) return problem;
    return new Unavailable(
      'database-busy',
      `Another session holds the ledger, through which every write goes (${describeHolder(this.holder)}): nothing was changed, try again.`,
      1,
      { cause: error },
    );
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.retry(), RETRY_MS * (0.75 + 0.5 * Math.random())).unref();
  }

  private async retry(): Promise<void> {
    try {
      await tryToWrite(this.dataSource, (opening) => this.waiting(opening));
      this.worked();
    } catch (error) {
      this.failed(error);
      this.schedule();
    }
  }

  private readiness(): Readiness {
    if (this.store.lag !== null) return { status: 'degraded', detail: 'The database is away: see its own check.' };
    if (this.failure) return this.ofFailure(this.failure);
    return this.store.isReadOnly ? { status: 'degraded', detail: 'The database is read-only.' } : { status: 'up' };
  }

  private ofFailure({ since, problem }: Failure): Readiness {
    const isBusy = problem.code === 'database-busy';
    if (isBusy && Date.now() - since.getTime() < BUSY_MS) return { status: 'up' };
    return {
      status: 'degraded',
      detail: `Writes fail since ${since.toISOString()} (${problem.code}): the log says why.`,
    };
  }
}
