import { Injectable, Logger } from '@nestjs/common';
import { StateStore } from '../../audit/follow/state-store.js';
import { CompiledTree, type Snapshot, type State } from '@flagtree/engine';
import { ReadinessRegistry } from '../../platform/health/readiness-registry.js';
import { Conflict, NotFound } from '../../platform/http/problems/problem.js';
import { runInSlices } from '../../platform/run-in-slices.js';
import { allSnapshots, type Snapshots } from './all-snapshots.js';
import { type BrokenFlag, brokenIn, type BrokenFlags, countOf, newlyBroken, readinessOf } from './broken-flags.js';

/**
 * What every environment evaluates with, in step with the state store, read without waiting. A flag is compiled before a revision that
 * touches it comes into force, a little at a time; a snapshot is a view of that, made when somebody asks.
 */
@Injectable()
export class SnapshotsService {
  private readonly logger = new Logger(SnapshotsService.name);
  private readonly listeners = new Set<() => void>();
  private tree = CompiledTree.empty();
  private prepared: CompiledTree | null = null;
  private broken: BrokenFlags = { flags: 0, environments: 0 };

  constructor(store: StateStore, readiness: ReadinessRegistry) {
    readiness.register('flags', () => readinessOf(this.broken));
    store.prepareWith((state) => this.prepare(state));
    store.onChange((state) => {
      this.install(this.prepared?.state === state ? this.prepared : this.tree.to(state));
    });
  }

  /** Told after each step, when the snapshots are in force. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Those in force: all of one revision. */
  get all(): Snapshots {
    return allSnapshots(this.tree);
  }

  get brokenFlags(): BrokenFlags {
    return this.broken;
  }

  /** Each flag that is broken in the snapshots in force, once for each environment. */
  brokenNow(): Iterable<BrokenFlag> {
    return brokenIn(this.tree);
  }

  /** Undefined: the environment does not exist, or inherits from itself. */
  find(slug: string): Snapshot | undefined {
    const snapshot = this.tree.snapshot(slug);
    return snapshot instanceof Error ? undefined : snapshot;
  }

  /** @throws {NotFound} @throws {Conflict} when the environment inherits from itself. */
  get(slug: string): Snapshot {
    const snapshot = this.tree.snapshot(slug);
    if (!snapshot) throw new NotFound('environment-not-found', `There is no environment "${slug}".`);
    if (!(snapshot instanceof Error)) return snapshot;
    throw new Conflict(
      'environment-cycle',
      `${snapshot.message}.`,
      { environment: slug, visitedChain: snapshot.visitedChain },
      { cause: snapshot },
    );
  }

  private async prepare(state: State): Promise<void> {
    this.prepared = await runInSlices(this.tree.slicedTo(state));
  }

  private install(next: CompiledTree): void {
    this.prepared = null;
    this.reportDefects(next);
    this.tree = next;
    this.broken = countOf(brokenIn(next));
    for (const listener of this.listeners) listener();
  }

  /** A broken flag or environment disables only itself: the log is where people learn of it. */
  private reportDefects(next: CompiledTree): void {
    for (const [slug, cycle] of next.branches.cycles) if (!this.tree.branches.cycles.has(slug)) this.logger.error(cycle.message);
    for (const { environment, flag, defect } of newlyBroken(this.tree, next))
      this.logger.error(`The flag "${flag}" is broken in "${environment}": ${defect}`);
  }
}
