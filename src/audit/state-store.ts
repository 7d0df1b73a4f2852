import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TokenRegistry } from '../access/token-registry.js';
import {
  applyEntries,
  buildState,
  emptyState,
  environmentFlagFromRow,
  environmentFromRow,
  flagFromRow,
  segmentFromRow,
  type Entry,
  type State,
} from '../engine/index.js';
import { isDatabaseAway } from '../platform/database/database-problem.js';
import { Unavailable } from '../platform/http/problem.js';
import { entriesAfter, ledgerHead, type LoggedEntry, storedRows } from './change.queries.js';

/** Told after each step of the state, in order; `entries` are what led to it (none after a full load). */
export type StateListener = (state: State, entries: readonly Entry[]) => void;

/** Beyond this many unseen entries a full load is cheaper than replaying them. */
const REPLAY_LIMIT = 20_000;

/**
 * The state of the domain in memory: a fold of the audit log, never older than it was. Everything that reads (evaluation, management,
 * the decisions of a write) reads it; only writes go to the tables.
 */
@Injectable()
export class StateStore {
  private readonly logger = new Logger(StateStore.name);
  private readonly listeners = new Set<StateListener>();
  private known: State = emptyState();
  private lastEntry = 0;
  private catchingUp: Promise<void> | null = null;
  private lagReason: string | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly tokens: TokenRegistry,
  ) {}

  /** The newest state that this process knows. */
  get state(): State {
    return this.known;
  }

  /** Why this process cannot follow the database just now; null while it can. */
  get lag(): string | null {
    return this.lagReason;
  }

  onChange(listener: StateListener): () => void {
    this.listeners.add(listener);
    listener(this.known, []);
    return () => this.listeners.delete(listener);
  }

  /**
   * The state after catching up with the database, in one query; what is in memory when the database is away.
   * @throws {Unavailable} when `minRevision` is not reached.
   */
  async current(minRevision = 0): Promise<State> {
    try {
      await this.catchUp();
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
    }
    if (this.known.revision < minRevision) {
      throw new Unavailable('revision-not-reached', `This server has seen revision ${String(this.known.revision)}, not yet ${String(minRevision)}.`, 1);
    }
    return this.known;
  }

  /** Reads what the log has beyond this state. A call during another one is answered by a read that starts after the call. */
  async catchUp(): Promise<void> {
    if (this.catchingUp) await this.catchingUp.catch(() => undefined);
    this.catchingUp ??= this.readLog().finally(() => (this.catchingUp = null));
    await this.catchingUp;
  }

  /** Takes over a change that this process has just committed, unless the feed was faster. */
  install(entries: readonly LoggedEntry[]): void {
    if (entries[0]?.id === this.lastEntry + 1) this.advance(entries);
  }

  /** The state at the head of the ledger, within a transaction that holds it, and the id of the last entry. */
  async atHead(manager: EntityManager, revision: number): Promise<{ state: State; lastEntry: number }> {
    const { known, lastEntry } = this;
    if (known.revision === revision) return { state: known, lastEntry };
    const missed = await entriesAfter(manager, lastEntry);
    return { state: applyEntries(known, missed), lastEntry: missed.at(-1)?.id ?? lastEntry };
  }

  private async readLog(): Promise<void> {
    try {
      const entries = this.lastEntry === 0 ? null : await entriesAfter(this.dataSource.manager, this.lastEntry, REPLAY_LIMIT);
      if (entries === null || entries.length === REPLAY_LIMIT) await this.load();
      else if (entries.length > 0) this.advance(entries);
      this.lagReason = null;
    } catch (error) {
      this.lagReason = (error as Error).message;
      throw error;
    }
  }

  private async load(): Promise<void> {
    await this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      const { revision, entries } = await ledgerHead(manager);
      if (entries === this.lastEntry && revision === this.known.revision) return;
      const environments = (await storedRows(manager, 'environments')).map(environmentFromRow);
      const flags = (await storedRows(manager, 'flags')).map(flagFromRow);
      const overrides = (await storedRows(manager, 'environment_flags')).map(environmentFlagFromRow);
      const segments = (await storedRows(manager, 'segments')).map(segmentFromRow);
      this.tokens.load(await storedRows(manager, 'tokens'));
      this.known = buildState({ revision, environments, flags, overrides, segments });
      this.lastEntry = entries;
      this.tell([]);
    });
  }

  /** The log as this process knows it may be longer than the database's own after a restore: then the database is right. */
  async reloadIfRestored(): Promise<void> {
    const { entries } = await ledgerHead(this.dataSource.manager);
    if (entries >= this.lastEntry) return;
    this.logger.warn(`The audit log ends at entry ${String(entries)}, before ${String(this.lastEntry)}: the database was restored; loading it anew.`);
    this.lastEntry = 0;
    await this.catchUp();
  }

  private advance(entries: readonly LoggedEntry[]): void {
    const unseen = entries.filter(({ id }) => id > this.lastEntry);
    const last = unseen.at(-1);
    if (!last) return;
    this.tokens.apply(unseen);
    this.known = applyEntries(this.known, unseen);
    this.lastEntry = last.id;
    this.tell(unseen);
  }

  private tell(entries: readonly Entry[]): void {
    for (const listener of this.listeners) listener(this.known, entries);
  }
}
