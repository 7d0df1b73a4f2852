import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { TokenRegistry } from '../../access/identity/token-registry.js';
import type { DataDirectory } from '../../platform/data-directory/data-directory.js';
import { DATA_DIRECTORY } from '../../platform/data-directory/injection.js';
import { type Readiness, ReadinessRegistry } from '../../platform/health/readiness-registry.js';
import type { LogPosition } from './log-position.js';
import { newestStateFile, writeStateFile } from './state-files.js';
import { StateStore } from './state-store.js';

const SETTLE_MS = 1_000;
const RETRY_MS = 10_000;
/** Writing takes at most this part of the time, however large the state and however often it changes. */
const SHARE = 1 / 20;

/** Keeps the state on disk, a moment after each change, so that a server starts and evaluates while its database is away. */
@Injectable()
export class StateKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(StateKeeper.name);
  private written: LogPosition | null = null;
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private waitMs = SETTLE_MS;
  private failure: string | null = null;

  constructor(
    private readonly store: StateStore,
    private readonly tokens: TokenRegistry,
    @Inject(DATA_DIRECTORY) private readonly directory: DataDirectory,
    readiness: ReadinessRegistry,
  ) {
    readiness.register('snapshots', () => this.readiness());
  }

  onApplicationBootstrap(): void {
    this.store.onChange(() => { this.schedule(); }); // prettier-ignore
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.writing;
    await this.write();
  }

  /** Takes over the newest good state on disk. False: there is none. */
  async restore(): Promise<boolean> {
    const kept = await newestStateFile(this.directory.path, (line) => { this.logger.error(line); }); // prettier-ignore
    if (!kept) return false;
    this.written = kept.position;
    await this.store.restore(kept);
    this.logger.warn(
      `The database ${this.store.lag ?? 'is away'}: starting with revision ${String(kept.position.state.revision)}, as it was written to disk at ${kept.writtenAt}. Evaluation works, writes are refused.`,
    );
    return true;
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.writing = this.write().finally(() => {
        this.timer = undefined;
        if (this.written?.hash !== this.store.position.hash) this.schedule();
      });
    }, this.waitMs).unref();
  }

  private async write(): Promise<void> {
    const { position } = this.store;
    if (position.lastEntry === 0 || position.hash === this.written?.hash) return;
    const started = performance.now();
    try {
      await writeStateFile(this.directory.path, { position, tokens: this.tokens.stored() }, new Date(), (name) =>
        this.store.holds(name),
      );
      this.written = position;
      this.failure = null;
      this.waitMs = Math.max(SETTLE_MS, (performance.now() - started) / SHARE);
    } catch (error) {
      const why = (error as Error).message;
      if (this.failure === null)
        this.logger.error(
          `The state cannot be written to disk (${why}): a start without the database would be from an older one.`,
        );
      this.failure = why;
      this.waitMs = RETRY_MS;
    }
  }

  private readiness(): Readiness {
    if (this.failure === null) return { status: 'up' };
    return {
      status: 'degraded',
      detail: `Snapshots cannot be written to disk (${/\b[A-Z]{4,}\b/.exec(this.failure)?.[0] ?? 'see the log'}).`,
    };
  }
}
