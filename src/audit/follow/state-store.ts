import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TokenRegistry } from '../../access/identity/token-registry.js';
import { emptyState, type Entry, slicedStateFromRows, type State } from '@flagtree/engine';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { isDatabaseUnusable, StandbyError, unavailability } from '../../platform/database/database-error.js';
import { DatabaseClock } from '../../platform/database/database-clock.js';
import { ImpatientClient } from '../../platform/database/impatient-client.js';
import { DatabaseAbsence } from '../../platform/health/database-absence.js';
import { Unavailable } from '../../platform/http/problems/problem.js';
import { runInSlices } from '../../platform/run-in-slices.js';
import { allRows, entriesFrom, type Here, ledgerHead, type LoggedEntry, readHere, readLog } from './ledger.queries.js';
import { notReached } from './not-reached.js';
import type { KeptState } from './state-file-format.js';
import { type PositionName, PositionNames } from './position-names.js';
import { isSameLog, type LogPosition, slicedAdvance, START } from './log-position.js';

/** Told after each step of the state, in order; `entries` are what led to it (none after a full load). */
export type StateListener = (state: State, entries: readonly Entry[]) => void;

/** Beyond this many unseen entries a full load is cheaper than replaying them. */
const REPLAY_LIMIT = 20_000;

/** How long a read waits for a database that did not answer the last time: one that hangs would hold every reader up. */
const KNOWN_AWAY_MS = 500;

/**
 * The state of the domain in memory: a fold of the audit log, never older than it was. Everything that reads (evaluation, management,
 * the decisions of a write) reads it; only writes go to the tables.
 */
@Injectable()
export class StateStore {
  private readonly logger = new Logger(StateStore.name);
  private readonly listeners = new Set<StateListener>();
  private readonly names = new PositionNames();
  private known: LogPosition;
  private changes = 0;
  private readonly replacements = new Set<(last: LogPosition) => void>();
  private readonly preparations = new Set<(state: State) => Promise<void>>();
  /** Ends when the newest step, and so every earlier one, has been taken or was none. */
  private steps: Promise<void> = Promise.resolve();
  private catchingUp: Promise<void> | null = null;
  private lagReason: string | null = null;
  private readsOnly = false;
  private laggingSince: Date | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly tokens: TokenRegistry,
    private readonly absence: DatabaseAbsence,
    private readonly clock: DatabaseClock,
    @Inject(CONFIG) config: Config,
  ) {
    this.known = { ...START, state: emptyState(config.environment.inheritance) };
    this.names.remember(this.known);
  }

  /** The newest state that this process knows. */
  get state(): State {
    return this.known.state;
  }

  /** Where in the log that state is. */
  get position(): LogPosition {
    return this.known;
  }

  /** The name of a revision that has been in force here since the history is this one. */
  nameOf(revision: number): PositionName {
    return this.names.of(revision);
  }

  /** Whether a point is of this history. It counts as none where that cannot be found out. */
  async holds(name: PositionName): Promise<boolean> {
    const { changes } = this;
    const holds = await this.names.holds(this.dataSource.manager, name).catch(() => false);
    return holds && changes === this.changes;
  }

  /** How often the database has turned out to be another one than was followed: restored to an older moment, or replaced. */
  get timeline(): number {
    return this.changes;
  }

  /** Why this process cannot follow the database just now, as the words after "the database"; null while it can. */
  get lag(): string | null {
    return this.lagReason;
  }

  /** Since when that is so. */
  get lagSince(): Date | null {
    return this.laggingSince;
  }

  /** Whether the database takes no writes, as far as reading it has shown. */
  get isReadOnly(): boolean {
    return this.readsOnly;
  }

  onChange(listener: StateListener): () => void {
    this.listeners.add(listener);
    listener(this.state, []);
    return () => this.listeners.delete(listener);
  }

  /** Told of how far the history was followed that the database no longer has. */
  onReplaced(listener: (last: LogPosition) => void): void {
    this.replacements.add(listener);
  }

  /** What has to be made of a state before it comes into force, in parts, so that nobody waits: what is in force serves meanwhile. */
  prepareWith(prepare: (state: State) => Promise<void>): void {
    this.preparations.add(prepare);
  }

  /**
   * The state after catching up with the database, in one query; what is in memory when the database cannot be used, which the answer then says.
   * @throws {Unavailable} when `minRevision` is not reached.
   */
  async current(minRevision = 0): Promise<State> {
    const caughtUp = this.catchUp().then(
      () => true,
      (error: unknown) => {
        if (!isDatabaseUnusable(error)) throw error;
        return false;
      },
    );
    const isNew = await (this.lagReason === null
      ? caughtUp
      : Promise.race([caughtUp, sleep(KNOWN_AWAY_MS, false, { ref: false })]));
    if (!isNew) this.absence.readWithout(this.laggingSince ?? new Date());
    if (this.state.revision < minRevision) throw notReached(this.state, minRevision);
    return this.state;
  }

  /**
   * Waits until `revision`, which another server has named, is known here. Returns without it when the database does not have it either:
   * then it was restored to an older moment, and this state is as new as can be.
   * @throws {Unavailable} when that cannot be known within `withinMs`.
   */
  async reach(revision: number, withinMs: number): Promise<void> {
    if (this.state.revision >= revision) return;
    const caughtUp = this.catchUp().then(() => true, () => false); // prettier-ignore
    const isHead = await Promise.race([caughtUp, sleep(withinMs, false, { ref: false })]);
    if (isHead || this.state.revision >= revision) return;
    throw notReached(this.state, revision);
  }

  /** Reads what the log has beyond this state. A call during another one is answered by a read that starts after the call. */
  async catchUp(): Promise<void> {
    if (this.catchingUp) await this.catchingUp.catch(() => undefined);
    this.catchingUp ??= this.readLog().finally(() => (this.catchingUp = null));
    await this.catchingUp;
  }

  /** Begins with a state from disk, until the database can be read. */
  async restore({ position, tokens }: KeptState): Promise<void> {
    await this.inTurn(async () => {
      const state = { ...position.state, inheritance: this.state.inheritance };
      await this.prepare(state);
      this.tokens.load(tokens);
      this.known = { ...position, state };
      this.names.remember(this.known);
      this.tell([]);
    });
  }

  /**
   * Takes over a change that this process has just committed, unless the feed was faster. One of another server may lie before it that has
   * not been heard of (behind a pooler, not before the next poll): it is read now, so that whoever wrote here finds what they wrote.
   * `folded`: the state that the change began with, and the one that it came to.
   */
  async install(entries: readonly LoggedEntry[], folded: { from: State; to: State }): Promise<void> {
    await this.advance(entries, folded);
    if ((entries.at(-1)?.id ?? 0) <= this.known.lastEntry) return;
    // It is committed whatever comes of this: the poll goes on to try.
    const caughtUp = this.catchUp().catch(() => undefined);
    await Promise.race([caughtUp, sleep(KNOWN_AWAY_MS, undefined, { ref: false })]);
  }

  /**
   * The state at the head of the ledger, within a transaction that holds it, and the id of the last entry. One that holds nothing names the position
   * from before it began: what came since is not there for it.
   * @throws {Unavailable} when the database is not the one that this process has followed; it then follows this one.
   */
  async atHead(manager: EntityManager, from?: LogPosition): Promise<{ state: State; lastEntry: number }> {
    if (!from) await this.steps; // what is being prepared would have to be read and folded once more
    const position = from ?? this.known;
    const { entries, hash } = await ledgerHead(manager);
    if (entries === position.lastEntry && hash === position.hash) return position;
    const read = await entriesFrom(manager, position.lastEntry);
    if (isSameLog(position, read[0])) return (await runInSlices(slicedAdvance(position, read))).position;
    this.catchUp().catch(() => undefined);
    throw new Unavailable(
      'database-replaced',
      'The database was restored or replaced a moment ago, and is being read anew: try again.',
      1,
    );
  }

  private async readLog(): Promise<void> {
    try {
      await this.follow();
      this.lagReason = null;
      this.laggingSince = null;
    } catch (error) {
      this.lagReason = this.absence.why ?? unavailability(error);
      this.laggingSince ??= new Date();
      throw error;
    }
  }

  private async follow(): Promise<void> {
    const position = this.known;
    if (position.lastEntry === 0) return this.load();
    const sent = performance.now();
    const { here, entries: read } = await readLog(this.dataSource.manager, position.lastEntry, REPLAY_LIMIT);
    this.meet(here, sent);
    if (!isSameLog(position, read[0])) return this.reload();
    if (read.length >= REPLAY_LIMIT) return this.load();
    await this.advance(read);
  }

  /** @throws {StandbyError} since a standby may show an earlier state, which would look like a restore. */
  private meet(here: Here, sent: number): void {
    this.readsOnly = here.readOnly;
    if (!here.standby) {
      this.clock.measured(here.now, sent);
      return;
    }
    ImpatientClient.discardIdle();
    throw new StandbyError();
  }

  private async reload(): Promise<void> {
    for (const listener of this.replacements) listener(this.known);
    this.logger.warn(
      `The audit log no longer holds entry ${String(this.known.lastEntry)} as it was: the database was restored to an older moment, or is another one. Loading it anew.`,
    );
    await this.load(true);
  }

  private async load(replaced = false): Promise<void> {
    const isKnown = ({ revision, entries }: { revision: number; entries: number }) =>
      !replaced && entries === this.known.lastEntry && revision === this.state.revision;
    const stored = await this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      const sent = performance.now();
      this.meet(await readHere(manager), sent);
      const head = await ledgerHead(manager);
      return isKnown(head) ? null : { head, ...(await allRows(manager)) };
    });
    if (stored) await this.inTurn(() => this.takeOver(stored, replaced));
  }

  private async takeOver({ head: { revision, entries, hash }, rows, tokens }: Stored, replaced: boolean): Promise<void> {
    // A write of this process may have been installed meanwhile: only another timeline may go back.
    if (!replaced && entries <= this.known.lastEntry) return;
    const { inheritance } = this.state;
    const state = await runInSlices(slicedStateFromRows(rows, { revision, inheritance }));
    await this.prepare(state);
    this.tokens.load(tokens);
    this.known = { state, lastEntry: entries, hash };
    if (replaced) this.changes++;
    if (replaced) this.names.forget();
    this.names.remember(this.known);
    this.tell([]);
  }

  private async advance(entries: readonly LoggedEntry[], folded?: { from: State; to: State }): Promise<void> {
    await this.inTurn(async () => {
      const { position, fresh } = await runInSlices(slicedAdvance(this.known, entries, folded));
      if (fresh.length === 0) return;
      await this.prepare(position.state);
      this.tokens.apply(fresh);
      this.known = position;
      this.names.remember(position);
      this.tell(fresh);
    });
  }

  /** One step after the other: each begins with the state that the one before it has put in force. */
  private async inTurn(step: () => Promise<void>): Promise<void> {
    const turn = this.steps.then(step);
    this.steps = turn.catch(() => undefined);
    await turn;
  }

  private async prepare(state: State): Promise<void> {
    for (const prepare of this.preparations) await prepare(state);
  }

  private tell(entries: readonly Entry[]): void {
    for (const listener of this.listeners) listener(this.state, entries);
  }
}

type Stored = Awaited<ReturnType<typeof allRows>> & { head: Awaited<ReturnType<typeof ledgerHead>> };
