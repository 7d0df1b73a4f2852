import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { databaseUrlOf } from '../../platform/database/data-source.js';
import { isDatabaseUnusable } from '../../platform/database/database-error.js';
import { type Readiness, ReadinessRegistry } from '../../platform/health/readiness-registry.js';
import { ChangeListener, type Hearing } from './change-listener.js';
import { StateKeeper } from './state-keeper.js';
import { StateStore } from './state-store.js';

const AWAY_MS = 1_000;

const DEAF =
  'Notifications of PostgreSQL do not arrive (a pooler in transaction mode lies between, perhaps): changes of other servers are found by polling.';

/**
 * Keeps the state store at the head of the audit log. The poll is the truth; the notification, on a connection of its own, is the
 * shortcut. Loses nothing when either fails: what counts is always the log itself.
 */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ChangeFeed.name);
  private readonly listener: ChangeListener;
  private hearing: Hearing = 'connecting';
  private toldDeaf = false;
  private stopped = false;
  private pollTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: StateStore,
    private readonly keeper: StateKeeper,
    dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    readiness: ReadinessRegistry,
  ) {
    this.listener = new ChangeListener({
      url: () => databaseUrlOf(dataSource),
      notify: (channel) => dataSource.query(`SELECT pg_notify($1, '')`, [channel]),
      heard: () => void this.follow(),
      hearing: (hearing) => { this.changeHearing(hearing); }, // prettier-ignore
    });
    readiness.register('database', () => this.databaseReadiness());
    readiness.register('changeFeed', () => this.feedReadiness());
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.begin();
    this.schedulePoll();
    void this.listener.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.pollTimer);
    await this.listener.stop();
  }

  /** @throws when neither the database nor the disk has a state to evaluate with. */
  private async begin(): Promise<void> {
    try {
      await this.store.catchUp();
    } catch (error) {
      if (!isDatabaseUnusable(error) || !(await this.keeper.restore())) throw error;
    }
  }

  private schedulePoll(): void {
    if (this.stopped) return;
    this.pollTimer = setTimeout(() => void this.poll(), this.usualWait() * (0.5 + 0.9 * Math.random())).unref();
  }

  /** Shorter where nothing else tells of changes, and while the database is away. */
  private usualWait(): number {
    const { pollIntervalMs } = this.config;
    if (this.store.lag !== null) return Math.min(pollIntervalMs, AWAY_MS);
    return this.hearing === 'deaf' ? pollIntervalMs / 2 : pollIntervalMs;
  }

  /** Now rather than when its time comes. */
  private pollNow(): void {
    if (this.pollTimer === undefined) return; // one is under way
    clearTimeout(this.pollTimer);
    void this.poll();
  }

  private async poll(): Promise<void> {
    this.pollTimer = undefined;
    const lagged = this.store.lag;
    try {
      await this.store.catchUp();
      if (lagged !== null) this.logger.log('The database is back; the state is current again.');
    } catch (error) {
      if (lagged === null)
        this.logger.warn(`The audit log cannot be read (${(error as Error).message}): evaluation goes on from memory.`);
    }
    this.schedulePoll();
  }

  /** Failures are the poll's to report: it tries again. */
  private async follow(): Promise<void> {
    await this.store.catchUp().catch(() => undefined);
  }

  private changeHearing(hearing: Hearing): void {
    this.hearing = hearing;
    if (hearing === 'away') this.pollNow();
    if (hearing !== 'deaf' || this.toldDeaf) return;
    this.toldDeaf = true;
    this.logger.warn(DEAF);
  }

  private databaseReadiness(): Readiness {
    const { lag, lagSince, state } = this.store;
    if (lag === null) return { status: 'up' };
    const since = lagSince === null ? '' : ` since ${lagSince.toISOString()}`;
    return {
      status: 'degraded',
      detail: `It ${lag}${since}: evaluation goes on with revision ${String(state.revision)}, writes are refused.`,
    };
  }

  /** Never worse than `up`: polling is slower, and is meant to be lived with. Whether the database answers is told by its own check. */
  private feedReadiness(): Readiness {
    return this.hearing === 'deaf' ? { status: 'up', detail: DEAF } : { status: 'up' };
  }
}
