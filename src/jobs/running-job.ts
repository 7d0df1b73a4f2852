import type { DataSource, EntityManager } from 'typeorm';
import { succeed, tellProgress } from './jobs.queries.js';

/** Thrown where a job stops because somebody wants it to: its transaction is rolled back. */
export class JobStopped extends Error {}

const TELL_EVERY_MS = 300;

/** A job as the work sees it: where to tell progress, and where to hear that it is to stop. */
export class RunningJob {
  private stopped: string | null = null;
  private toldAt = 0;
  private telling: Promise<void> = Promise.resolve();

  constructor(
    readonly id: string,
    private readonly dataSource: DataSource,
  ) {}

  /** Tells the caller how far it is, now and then; throws once the job is to stop. */
  tell(step: string, done = 0, total: number | null = null): void {
    if (this.stopped !== null) throw new JobStopped(this.stopped);
    const now = Date.now();
    if (now - this.toldAt < TELL_EVERY_MS) return;
    this.toldAt = now;
    this.telling = this.telling.then(async () => {
      const goesOn = await tellProgress(this.dataSource.manager, this.id, { step, done, total }).catch(() => true);
      if (!goesOn) this.stop('cancelled');
    });
  }

  /** The next thing that the work tells is its last. */
  stop(why: string): void {
    this.stopped ??= why;
  }

  /** Marks the job done in the transaction that does it, so that one is never true without the other. */
  async succeed(manager: EntityManager, revision: number, result: object): Promise<void> {
    await this.telling;
    if (this.stopped !== null) throw new JobStopped(this.stopped);
    if (!(await succeed(manager, this.id, revision, result))) throw new JobStopped('cancelled');
  }

  /** Waits for what it is telling just now. */
  async settle(): Promise<void> {
    await this.telling;
  }
}
