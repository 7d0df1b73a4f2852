import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { ConfigError, StartError } from '../platform/config/config-error.js';
import type { Config } from '../platform/config/config.js';
import { connect, type Patience } from '../platform/database/connect.js';
import { pointTo } from '../platform/database/data-source.js';
import { isDatabaseAway, isDatabaseUnusable, unavailability } from '../platform/database/database-error.js';
import { migrateDatabase, type OpenDatabase, openDatabase } from '../platform/database/open-database.js';
import { newestPosition } from '../audit/follow/state-files.js';
import { textOf } from '../audit/follow/position-names.js';
import { MigrationError } from '../platform/database/migrations/sql-migration.js';
import { DatabaseAbsence } from '../platform/health/database-absence.js';
import type { Readiness, ReadinessProbe } from '../platform/health/readiness-registry.js';
import { assertKnownHistory, UnknownHistory } from './known-history.js';
import type { Logger } from '../platform/logging/logger.js';

const RETRY_MS = 1_000;
const SLOW_RETRY_MS = 15_000;

/** Until the private PostgreSQL has told its address. */
const NOWHERE = 'postgres://flagtree@127.0.0.1:1/flagtree';

interface Parts {
  config: Config;
  logger: Logger;
  stop: AbortSignal;
}

/** The database from the first attempt to reach it on: opened, migrated and connected, now or, while the server evaluates already, later. */
export class DatabaseAtStart {
  private opened: OpenDatabase | null = null;
  /** Why the database cannot be used though it answers; null: it is used, or is away. */
  private refusal: string | null = null;

  readonly absence = new DatabaseAbsence();

  constructor(private readonly parts: Parts) {}

  /** Where it lies and how to look into it. */
  get directions(): string[] {
    return this.opened?.directions ?? ['the private PostgreSQL, which does not start: see the log'];
  }

  /** Of the private PostgreSQL, where there is one. */
  get probes(): Record<string, ReadinessProbe> {
    const migrations = (): Readiness => (this.refusal === null ? { status: 'up' } : { status: 'degraded', detail: this.refusal });
    if (this.parts.config.database.url !== null) return { migrations };
    return {
      migrations,
      privatePostgres: () => this.opened?.readiness?.() ?? { status: 'degraded', detail: 'It does not start: see the log.' },
    };
  }

  /** @throws StartError */
  prepare(patience: Patience): Promise<void> {
    return this.noting(async () => {
      const { config, logger, stop } = this.parts;
      this.opened ??= await openDatabase(config, config.dataDirectory, logger);
      stop.throwIfAborted();
      await migrateDatabase(this.opened, patience, logger, (dataSource) => this.assertKnown(dataSource));
    });
  }

  get url(): string {
    return this.opened?.url ?? this.parts.config.database.url ?? NOWHERE;
  }

  /** After `prepare()`. @throws StartError */
  connect(dataSource: DataSource, patience: Patience): Promise<void> {
    return this.noting(async () => {
      if (!this.opened || dataSource.isInitialized) return;
      pointTo(dataSource, this.opened.url);
      await connect(dataSource, this.opened.name, patience);
    });
  }

  /** Whether a server that has a state of its own may start in spite of this. What an operator must put right is not of that kind. */
  isAway(error: unknown): boolean {
    if (!(error instanceof StartError) || error instanceof ConfigError) return false;
    return isDatabaseUnusable(error.cause) || error.cause instanceof UnknownHistory || this.parts.config.database.url === null;
  }

  /** Tries until the database is there and `connected` has done what comes next, or the server stops. */
  async keepTrying(dataSource: DataSource, connected: () => Promise<void>): Promise<void> {
    const { logger, stop } = this.parts;
    const patience = { waitMs: 0, signal: stop, notice: () => undefined };
    let told = '';
    let waitMs = RETRY_MS;
    for (;;) {
      await sleep(waitMs * (0.5 + Math.random()), undefined, { signal: stop, ref: false }).catch(() => undefined);
      if (stop.aborted) return;
      try {
        await this.prepare(patience);
        await this.connect(dataSource, patience);
        await connected();
        logger.info('the database is there: changes are followed, and writes are accepted again');
        return;
      } catch (error) {
        const why = (error as Error).message;
        const isAway = isDatabaseAway((error as Error).cause ?? error);
        if (!isAway && why !== told) logger.error(`The database cannot be used, and evaluation goes on without it: ${why}`);
        told = why;
        waitMs = isAway ? RETRY_MS : SLOW_RETRY_MS;
      }
    }
  }

  async stop(): Promise<void> {
    await this.opened?.stop();
  }

  private async assertKnown(dataSource: DataSource): Promise<void> {
    const { config, logger } = this.parts;
    const known = await newestPosition(config.dataDirectory);
    if (known === null) return;
    try {
      await assertKnownHistory(dataSource, known);
    } catch (error) {
      if (!(error instanceof UnknownHistory) || config.database.forgetHistory !== textOf(known)) throw error;
      logger.warn(
        `The history up to ${textOf(known)} is forgotten, as FLAGTREE_FORGET_HISTORY says: what the database holds counts.`,
      );
    }
  }

  private async noting(attempt: () => Promise<void>): Promise<void> {
    try {
      await attempt();
      this.refusal = null;
      this.absence.why = null;
    } catch (error) {
      const { cause } = error as Error;
      this.refusal = refusalOf(cause);
      if (this.refusal !== null) this.absence.why = 'answers, and is not used (`migrations` says why)';
      else if (this.opened === null) this.absence.why = 'does not start (the log says why)';
      else this.absence.why = unavailability(cause);
      throw error;
    }
  }
}

/** The name of the database is left out: whoever may ask for readiness need not know where it is. */
function refusalOf(cause: unknown): string | null {
  return cause instanceof MigrationError || cause instanceof UnknownHistory
    ? `The database answers, and is not used: ${cause.message}`
    : null;
}
