import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../platform/config/config.js';
import { ReadinessRegistry } from '../platform/health/readiness-registry.js';
import { StateStore } from './state-store.js';

const HEARTBEAT_MS = 10_000;
const RECONNECT_MS = 2_000;

/**
 * Keeps the state store at the head of the audit log. The poll is the truth; the notification, on a connection of its own, is the
 * shortcut. Loses nothing when either fails: what counts is always the log itself.
 */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ChangeFeed.name);
  private listener: pg.Client | null = null;
  private stopped = false;
  private pollTimer: NodeJS.Timeout | undefined;
  private listenTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: StateStore,
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    readiness: ReadinessRegistry,
  ) {
    readiness.register('database', () =>
      store.lag === null ? { status: 'up' } : { status: 'degraded', detail: 'It cannot be reached: evaluation goes on from memory, writes are refused.' },
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.store.catchUp();
    this.schedulePoll();
    void this.listen();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.pollTimer);
    clearTimeout(this.listenTimer);
    await this.listener?.end().catch(() => undefined);
  }

  private schedulePoll(): void {
    if (this.stopped) return;
    const jitter = 0.5 + Math.random();
    this.pollTimer = setTimeout(() => void this.poll(), this.config.pollIntervalMs * jitter);
    this.pollTimer.unref();
  }

  private async poll(): Promise<void> {
    const lagged = this.store.lag;
    try {
      await this.store.catchUp();
      await this.store.reloadIfRestored();
      if (lagged !== null) this.logger.log('The database is back; the state is current again.');
    } catch (error) {
      if (lagged === null) this.logger.warn(`The audit log cannot be read (${(error as Error).message}): evaluation goes on from memory.`);
    }
    this.schedulePoll();
  }

  private async listen(): Promise<void> {
    if (this.stopped) return;
    const client = new pg.Client({
      connectionString: databaseUrlOf(this.dataSource),
      application_name: 'flagtree/change-feed',
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
    this.listener = client;
    let heartbeat: NodeJS.Timeout | undefined;
    const lost = () => {
      if (this.listener !== client) return;
      this.listener = null;
      clearInterval(heartbeat);
      client.end().catch(() => undefined);
      if (this.stopped) return;
      this.listenTimer = setTimeout(() => void this.listen(), RECONNECT_MS * (0.5 + Math.random()));
      this.listenTimer.unref();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', () => void this.follow());
    try {
      await client.connect();
      await client.query('LISTEN flagtree');
      heartbeat = setInterval(() => void client.query('SELECT 1').catch(lost), HEARTBEAT_MS);
      heartbeat.unref();
      await this.follow();
    } catch {
      lost();
    }
  }

  /** Failures are the poll's to report: it tries again. */
  private async follow(): Promise<void> {
    await this.store.catchUp().catch(() => undefined);
  }
}

function databaseUrlOf(dataSource: DataSource): string {
  const { options } = dataSource;
  if (options.type !== 'postgres' || options.url === undefined) throw new Error('The change feed needs a PostgreSQL given by its URL.');
  return options.url;
}
