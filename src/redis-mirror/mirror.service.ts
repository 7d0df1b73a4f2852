import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { StateStore } from '../audit/follow/state-store.js';
import { CONFIG, type Config } from '../platform/config/config.js';
import { type Readiness, ReadinessRegistry } from '../platform/health/readiness-registry.js';
import { SnapshotsService } from '../resolver/snapshots/snapshots.service.js';
import { mirrorContentOf, type MirrorContent } from './mirror-content.js';
import { MirrorMetrics } from './mirror-metrics.js';
import type { MirrorRedis } from './mirror-redis.js';
import type { Mirror } from './mirror.js';

const RETRY_MS = 1_000;
const CLOSE_MS = 1_000;

/**
 * Keeps the mirror in Redis behind the snapshots: behind the commit, behind the answer, one thing at a time. There is no queue that could
 * grow: what is to be written is the difference between what the mirror holds and what is in force, whenever Redis is ready for it.
 */
@Injectable()
export class MirrorService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(MirrorService.name);
  private redis: MirrorRedis | null = null;
  private mirror: Mirror | null = null;
  /** What the mirror holds, as far as this process knows; null: it has not looked yet. */
  private held: MirrorContent | null = null;
  private working: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private wasReady = true;
  private timeline = 0;
  private mustLook = true;
  private retryTimer: NodeJS.Timeout | undefined;
  /** Told once, not each second. */
  private complaint: string | null = null;

  constructor(
    private readonly store: StateStore,
    private readonly snapshots: SnapshotsService,
    private readonly metrics: MirrorMetrics,
    @Inject(CONFIG) private readonly config: Config,
    readiness: ReadinessRegistry,
  ) {
    if (config.redisUrl === null) return;
    metrics.register(() => ({ isConnected: this.redis?.isReady === true, revision: this.held?.state.revision ?? null }));
    readiness.register('mirror', () => this.readiness());
    snapshots.onChange(() => void this.work());
  }

  /** The start does not wait for Redis. */
  onApplicationBootstrap(): void {
    const { redisUrl } = this.config;
    if (redisUrl === null) return;
    void Promise.all([import('./mirror-redis.js'), import('./mirror.js')]).then(([{ MirrorRedis }, { Mirror }]) => {
      this.redis = new MirrorRedis(redisUrl);
      this.mirror = new Mirror(this.redis);
      this.redis.open(() => { this.found(); }, (why) => { this.lost(why); }); // prettier-ignore
    });
    this.scheduleCheck();
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    clearTimeout(this.retryTimer);
    if (this.redis?.isReady) await Promise.race([this.work(), new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    this.redis?.close();
  }

  private readiness(): Readiness {
    const degraded = (why: string): Readiness => ({
      status: 'degraded',
      detail: `${why}: its copy of the flags is getting old. Nothing else depends on it.`,
    });
    if (!this.redis?.isReady) return degraded('Redis cannot be reached, or turns this server away');
    if (this.complaint === null) return { status: 'up' };
    return degraded(
      `Redis answers, but does not take what is written (${/\b[A-Z]{3,}\b/.exec(this.complaint)?.[0] ?? 'see the log'})`,
    );
  }

  /** Somebody may have emptied it, or lost its last writes, while this process could not see. */
  private found(): void {
    if (!this.wasReady) this.logger.log('Redis is back: the mirror is being brought up to date.');
    this.wasReady = true;
    this.mustLook = true;
    void this.work();
  }

  private lost(why: string): void {
    if (this.wasReady) this.logger.warn(`Redis cannot be used (${why}): the mirror waits, everything else goes on.`);
    this.wasReady = false;
  }

  private scheduleCheck(): void {
    this.timer = setTimeout(
      () => {
        this.held = null;
        void this.work().finally(() => {
          this.scheduleCheck();
        });
      },
      this.config.mirrorCheckIntervalMs * (0.75 + Math.random() / 2),
    );
    this.timer.unref();
  }

  /** Until the mirror holds what is in force. Never throws. */
  private work(): Promise<void> {
    this.working ??= this.catchUp()
      .then(() => {
        this.complaint = null;
      })
      .catch((error: unknown) => {
        this.mustLook = true;
        this.metrics.failed();
        this.complain((error as Error).message);
        clearTimeout(this.retryTimer);
        this.retryTimer = setTimeout(() => void this.work(), RETRY_MS * (0.5 + Math.random()));
        this.retryTimer.unref();
      })
      .finally(() => (this.working = null));
    return this.working;
  }

  private complain(why: string): void {
    if (!this.redis?.isReady || why === this.complaint) return;
    this.complaint = why;
    this.logger.warn(`The mirror could not be written (${why}): it is tried again.`);
  }

  private async catchUp(): Promise<void> {
    await new Promise(setImmediate); // whoever has made the change gets an answer first
    const { mirror, redis } = this;
    while (mirror && redis?.isReady) {
      if (this.mustLook || this.held === null) {
        this.mustLook = false;
        this.held = await this.look(mirror, redis);
      }
      const target = mirrorContentOf(this.store.state, this.snapshots.all);
      if (this.held.state === target.state) return;
      const outcome = this.timeline === this.store.timeline ? await mirror.change(this.held, target) : 'lost';
      this.metrics.wrote(outcome);
      // Somebody else's revision is as good as ours; what is behind or lost has to be looked at.
      if (outcome === 'written' || outcome === 'newer') this.held = target;
      else this.mustLook = true;
    }
  }

  /** Compares the whole mirror with what is in force, of which the database has the last word. */
  private async look(mirror: Mirror, redis: MirrorRedis): Promise<MirrorContent> {
    const found = await redis.revision();
    // Read after the mirror's: so a revision that the database does not have is of another history, not of a faster server.
    await this.store.current().catch(() => undefined);
    const target = mirrorContentOf(this.store.state, this.snapshots.all);
    const { revision } = target.state;
    const isReplaced = this.timeline !== this.store.timeline || (found !== null && found > revision && this.store.lag === null);
    if (found !== null && found > revision && !isReplaced) {
      throw new Error(`it holds revision ${String(found)}, and this server knows of none after ${String(revision)}`);
    }
    if (found === revision && !isReplaced) {
      this.tellRepaired(await mirror.repair(target));
      return target;
    }
    this.metrics.rebuilt(isReplaced ? 'other-history' : found === null ? 'empty' : 'behind');
    const outcome = await mirror.rebuild(target, isReplaced ? 'replace' : 'repair');
    if (outcome !== 'written') throw new Error('another server has written a newer revision');
    this.timeline = this.store.timeline;
    return target;
  }

  private tellRepaired(keys: number): void {
    if (keys === 0) return;
    this.metrics.repaired(keys);
    this.logger.warn(`${String(keys)} keys of the mirror were not what they should be, and have been mended.`);
  }
}
