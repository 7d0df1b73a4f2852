import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { LogPosition } from '../follow/log-position.js';
import { StateStore } from '../follow/state-store.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { DataDirectory } from '../../platform/data-directory/data-directory.js';
import { DATA_DIRECTORY } from '../../platform/data-directory/injection.js';
import { isDatabaseUnusable } from '../../platform/database/database-error.js';
import { ReadinessRegistry } from '../../platform/health/readiness-registry.js';
import { MetricsRegistry } from '../../platform/metrics/metrics-registry.js';
import type { ReadAnchors, SignedAnchor } from './anchor.js';
import { AnchorFile } from './anchor-file.js';
import { auditHead, hashesOf } from './head.queries.js';
import { withAnchor, WITNESSED, WitnessFile } from './witness-file.js';
import { showAnchor, shownAnchors, type Witnessed } from './witness.queries.js';
import { DatabaseClock } from '../../platform/database/database-clock.js';

export interface KnownAnchors extends ReadAnchors {
  others: { server: string; anchor: SignedAnchor }[];
}

/** An anchor is due after that many entries, however soon they come. */
const ENTRIES = 1_000;

/** Signs the head of the audit log into the data directory: at the start, every now and then, and when the server stops. */
@Injectable()
export class AnchorsService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AnchorsService.name);
  private file: Promise<AnchorFile> | undefined;
  private witnesses: Promise<WitnessFile> | undefined;
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
    private readonly clock: DatabaseClock,
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
    store.onReplaced((last) => { this.signLost(last); }); // prettier-ignore
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

  /** This server's own, those that others have signed, and what is wrong with either as files. */
  async read(): Promise<KnownAnchors> {
    const file = await this.opened();
    const { all } = await this.witnessed();
    const shown = (await shownAnchors(this.dataSource.manager)).flatMap(withAnchor);
    const kept = all.flatMap(withAnchor);
    const forged = all.length - kept.length;
    const of = (own: boolean) => [...kept, ...shown].filter(({ server }) => (server === file.server) === own);
    const { anchors, defects } = await file.read(of(true).map(({ anchor }) => anchor));
    if (forged > 0)
      defects.push(`${String(forged)} of the anchors in ${WITNESSED} were not signed by the servers that they name`);
    const others = new Map(of(false).map((one) => [one.anchor.signature, one]));
    return { anchors, defects, others: [...others.values()] };
  }

  /** What was known of a history that is gone: nobody can say later that it was not there. */
  private signLost({ lastEntry: entry, hash, state: { revision } }: LogPosition): void {
    this.turn = this.turn
      .then(async () => {
        if (hash === null) return;
        const file = await this.opened();
        await file.append({ entry, revision, hash }, this.clock.now());
      })
      .catch((error: unknown) => {
        this.logger.warn(`The head of the history that was lost could not be anchored: ${(error as Error).message}`);
      });
  }

  /** One at a time. What fails is tried again with the next one. */
  private anchor(): Promise<void> {
    this.unanchored = 0;
    this.turn = this.turn.then(async () => {
      if (!this.dataSource.isInitialized) return; // a server that started without its database has told of it already
      try {
        const file = await this.opened();
        const head = await auditHead(this.dataSource.manager);
        if (head.entry > 0) {
          await this.witness();
          await file.append(head, this.clock.now());
          const { shown, newest } = file;
          if (shown && newest) await showAnchor(this.dataSource.manager, shown, newest.entry);
        }
        this.newestAt = Date.parse(file.newest?.at ?? '') || null;
        this.failure = null;
      } catch (error) {
        if (!isDatabaseUnusable(error)) this.failure = (error as Error).message;
        this.logger.warn(`The head of the audit log could not be anchored: ${(error as Error).message}`);
      }
    });
    return this.turn;
  }

  /** Before this server shows its own newest: what the database has of it is what its file has to have. */
  private async witness(): Promise<void> {
    const { manager } = this.dataSource;
    const file = await this.opened();
    const shown: Witnessed[] = [];
    for (const one of await shownAnchors(manager))
      if (one.server !== file.server || !(await file.holds(one.line))) shown.push(one);
    await (
      await this.witnessed()
    ).see(shown, async (seen) => {
      const hashes = await hashesOf(manager, seen.map(({ entry }) => entry)); // prettier-ignore
      return new Set(seen.filter(({ entry, hash }) => hashes.get(entry) === hash));
    });
  }

  private witnessed(): Promise<WitnessFile> {
    this.witnesses ??= WitnessFile.open(this.directory.path);
    this.witnesses.catch(() => (this.witnesses = undefined));
    return this.witnesses;
  }

  private opened(): Promise<AnchorFile> {
    this.file ??= AnchorFile.open(this.directory);
    this.file.catch(() => (this.file = undefined));
    return this.file;
  }
}
