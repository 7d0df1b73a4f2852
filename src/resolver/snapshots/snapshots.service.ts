import { Injectable, Logger } from '@nestjs/common';
import { StateStore } from '../../audit/follow/state-store.js';
import { CircularEnvironmentInheritanceError, type Snapshot } from '@flagtree/engine';
import { ReadinessRegistry } from '../../platform/health/readiness-registry.js';
import { Conflict, NotFound } from '../../platform/http/problems/problem.js';
import { type BrokenFlags, brokenFlags, readinessOf } from './broken-flags.js';
import { recompile, type Snapshots } from './all-snapshots.js';

export type SnapshotsListener = (previous: Snapshots, next: Snapshots) => void;

/** What every environment evaluates with: compiled once per revision, in step with the state store, read without waiting. */
@Injectable()
export class SnapshotsService {
  private readonly logger = new Logger(SnapshotsService.name);
  private readonly listeners = new Set<SnapshotsListener>();
  private snapshots: Snapshots = new Map();
  private broken: BrokenFlags = { flags: 0, environments: 0 };

  constructor(store: StateStore, readiness: ReadinessRegistry) {
    readiness.register('flags', () => readinessOf(this.broken));
    store.onChange((state) => {
      const previous = this.snapshots;
      const next = recompile(previous, state);
      this.reportDefects(next);
      this.snapshots = next;
      this.broken = brokenFlags(next);
      for (const listener of this.listeners) listener(previous, next);
    });
  }

  /** Told after each step, when the snapshots are in force. */
  onChange(listener: SnapshotsListener): void {
    this.listeners.add(listener);
  }

  /** Those in force: all of one revision. */
  get all(): Snapshots {
    return this.snapshots;
  }

  get brokenFlags(): BrokenFlags {
    return this.broken;
  }

  /** Undefined: the environment does not exist, or inherits from itself. */
  find(slug: string): Snapshot | undefined {
    const snapshot = this.snapshots.get(slug);
    return snapshot instanceof Error ? undefined : snapshot;
  }

  /** @throws {NotFound} @throws {Conflict} when the environment inherits from itself. */
  get(slug: string): Snapshot {
    const snapshot = this.snapshots.get(slug);
    if (!snapshot) throw new NotFound('environment-not-found', `There is no environment "${slug}".`);
    if (!(snapshot instanceof Error)) return snapshot;
    throw new Conflict(
      'environment-cycle',
      `${snapshot.message}.`,
      { environment: slug, visitedChain: snapshot.visitedChain },
      { cause: snapshot },
    );
  }

  /** A broken flag or environment disables only itself: the log is where people learn of it. */
  private reportDefects(next: Snapshots): void {
    for (const [slug, snapshot] of next) {
      const previous = this.snapshots.get(slug);
      if (snapshot instanceof CircularEnvironmentInheritanceError) {
        if (!(previous instanceof Error)) this.logger.error(snapshot.message);
        continue;
      }
      const known = previous instanceof Error ? undefined : previous?.flags;
      if (known === snapshot.flags) continue;
      for (const { key, defect } of snapshot.flags.values()) {
        if (defect !== null && known?.get(key)?.defect !== defect)
          this.logger.error(`The flag "${key}" is broken in "${slug}": ${defect}`);
      }
    }
  }
}
