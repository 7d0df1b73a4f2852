import { setTimeout as sleep } from 'node:timers/promises';
import type { Readiness } from '../../health/readiness-registry.js';
import type { Logger } from '../../logging/logger.js';
import { dataOf } from '../cluster/cluster.js';
import type { Home } from '../cluster/home.js';
import { launchPostmaster } from './launch-postmaster.js';
import type { Passwords } from '../cluster/passwords.js';
import { findPostmaster, isRunning, type Postmaster } from './postmaster-file.js';
import { adoptPostmaster, interrupt, stopPostmaster } from './postmaster.js';

const LOOK_MS = 250;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** One that has run as long as this did not die of its start. */
const STEADY_MS = 60_000;

interface Options {
  home: Home;
  passwords: Passwords;
  logger: Pick<Logger, 'info' | 'error'>;
}

/**
 * Starts the private PostgreSQL again when it ends and nobody here has ended it: killed by the system for its memory, or by a person. At
 * once the first time, then later and later while it does not come or does not last; always at its old address, which the connections have.
 */
export class PostmasterKeeper {
  private readonly stopping = new AbortController();
  private attempts = 0;
  private upSince = Date.now();
  private trouble: { since: Date; why: string } | null = null;
  private timer: NodeJS.Timeout | undefined;
  private restarting: Promise<void> | null = null;

  constructor(
    private readonly options: Options,
    private postmaster: Postmaster,
  ) {
    process.once('exit', this.lastWord);
    this.watch();
  }

  readiness(): Readiness {
    if (!this.trouble) return { status: 'up' };
    const { since, why } = this.trouble;
    return {
      status: 'degraded',
      detail: `It ended by itself at ${since.toISOString()} and is being started again (attempt ${String(this.attempts)}${why}).`,
    };
  }

  /** Ends it in order, also one that is just coming back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.restarting;
    await stopPostmaster(this.options.home, this.postmaster);
    process.off('exit', this.lastWord);
  }

  private watch(): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => { this.look(); }, LOOK_MS).unref(); // prettier-ignore
  }

  private look(): void {
    if (isRunning(this.postmaster.pid)) this.watch();
    else this.restarting = this.restart();
  }

  private async restart(): Promise<void> {
    const { logger, home } = this.options;
    const { pid } = this.postmaster;
    logger.error({ pid, location: home.location }, 'the private PostgreSQL has ended by itself and is started again');
    this.trouble = { since: new Date(), why: '' };
    if (Date.now() - this.upSince > STEADY_MS) this.attempts = 0;
    for (let isThere = false; !isThere && (await this.pause());) isThere = await this.attempt(this.trouble);
    this.watch();
  }

  /** False: the server stops. */
  private async pause(): Promise<boolean> {
    const waitMs = this.attempts === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.attempts - 1));
    const { signal } = this.stopping;
    await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    return !signal.aborted;
  }

  private async attempt(trouble: { since: Date; why: string }): Promise<boolean> {
    const { home, passwords, logger } = this.options;
    this.attempts++;
    try {
      const adopted = await adoptPostmaster(home, passwords);
      this.postmaster = adopted ?? (await launchPostmaster(home, passwords, { port: this.postmaster.port, elsewhere: false }));
      this.upSince = Date.now();
      this.trouble = null;
      const awayMs = this.upSince - trouble.since.getTime();
      logger.info({ ...this.postmaster, attempts: this.attempts, awayMs }, 'private PostgreSQL is ready again');
      return true;
    } catch (err) {
      trouble.why = ', the one before failed: see the log';
      logger.error({ err, attempts: this.attempts }, 'the private PostgreSQL does not start again yet');
      return false;
    }
  }

  /** A process that dies in a hurry still asks its database to end; nobody waits for it. */
  private readonly lastWord = (): void => {
    const { home } = this.options;
    const running = findPostmaster(dataOf(home));
    if (running) interrupt(home, running.pid);
  };
}
