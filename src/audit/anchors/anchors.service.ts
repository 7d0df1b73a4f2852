import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { StateStore } from '../follow/state-store.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { DataDirectory } from '../../platform/data-directory/data-directory.js';
import { DATA_DIRECTORY } from '../../platform/data-directory/injection.js';
import { isDatabaseUnusable } from '../../platform/database/database-error.js';
import { ReadinessRegistry } from '../../platform/health/readiness-registry.js';
import { MetricsRegistry } from '../../platform/metrics/metrics-registry.js';
import type { ReadAnchors } from './anchor.js';
import { AnchorFile } from './anchor-file.js';
import { auditHead } from './head.queries.js';

/** An anchor is due after that many entries, however soon they come. */
const ENTRIES = 1_000;

/** Signs the head of the audit log into the data directory: at the start, every now and then, and when the server stops. */
@Injectable()
export class AnchorsService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AnchorsService.name);
  private file: Promise<AnchorFile> | undefined;
  private turn: Promise<void> = Promise.resolve();
  private unanchored = 0;
  private newestAt: number | null = null;
  /** Why the last anchor could not be written; null when it was, or when only the database was away. */
  private failure: string | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    store: StateStore,
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(DATA_DIRECTORY) private readonly directory: DataDirectory,
    metrics: MetricsRegistry,
    readiness: ReadinessRegistry,
  ) {
    readiness.register('auditAnchors', () =>
      this.failure === null
        ? { status: 'up' }
        : { status: 'degraded', detail: `The head of the audit log could not be anchored: ${this.failure}` },
    );
    store.onChange((_, entries) => {
      this.unanchored += entries.length;
      // The first entries of a new database are signed at once: an interval without any anchor would prove nothing.
      if (this.unanchored >= ENTRIES || (this.newestAt === null && entries.length > 0)) void this.anchor();
    });
    metrics.readGauge('flagtree_audit_anchor_age_seconds', 'Time since the head of the audit log was last signed.', [], () =>
      this.newestAt === null ? [] : [{ labels: {}, value: (Date.now() - this.newestAt) / 1_000 }],
    );
  }

  onApplicationBootstrap(): void {
    void this.anchor();
    this.timer = setInterval(() => void this.anchor(), this.config.auditAnchorIntervalMs);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.anchor();
  }

  async read(): Promise<ReadAnchors> {
    return (await this.opened()).read();
  }

  /** One at a time. What fails is tried again with the next one. */
  private anchor(): Promise<void> {
    this.unanchored = 0;
    this.turn = this.turn.then(async () => {
      if (!this.dataSource.isInitialized) return; // a server that started without its database has told of it already
      try {
        const file = await this.opened();
        const head = await auditHead(this.dataSource.manager);
        if (head.entry > 0) await file.append(head, new Date());
        this.newestAt = Date.parse(file.newest?.at ?? '') || null;
        this.failure = null;
      } catch (error) {
        if (!isDatabaseUnusable(error)) this.failure = (error as Error).message;
        this.logger.warn(`The head of the audit log could not be anchored: ${(error as Error).message}`);
      }
    });
    return this.turn;
  }

  private opened(): Promise<AnchorFile> {
    this.file ??= AnchorFile.open(this.directory);
    this.file.catch(() => (this.file = undefined));
    return this.file;
  }
}
