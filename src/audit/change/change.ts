import type { EntityManager } from 'typeorm';
import type { Caller } from '../../access/identity/caller.js';
import { slicedApply, type State } from '@flagtree/engine';
import { assertNoneSeen, assertNothingElseSeen, assertUnchanged } from '../../platform/http/management/etag.js';
import { runInSlices } from '../../platform/run-in-slices.js';
import { entriesFrom, type LoggedEntry, rehearsedFrom } from '../follow/ledger.queries.js';
import type { WriteRequest } from './write-request.js';

/** Entries at a time: an import has tens of thousands; each statement has to end in time, and others want to be answered between two. */
const PAGE = 1_000;

/** What an answer says beside what the change is about: overrides that it writes for `keep` and `force`, and doubts. */
export type Besides = {
  /** Fields that environments keep by an override of their own. */
  kept: { environment: string; flag: string; field: string }[];
  /** Kept rules are the whole list: rules that came together from several places no longer do. */
  layeringsEnd: { environment: string; flag: string }[];
  /** Fields of less guarded environments that gave way. */
  cleared: { environment: string; flag: string; field: string }[];
  /** What is allowed, and was probably meant otherwise. */
  warnings: string[];
};

/**
 * One transaction by one actor, open: services write through its `manager` and decide by its `state`. A dry run is one that rehearses.
 * Several edits may share a change; after each, `state` shows what the next one builds on.
 */
export class Change {
  private readonly logged: LoggedEntry[] = [];

  constructor(
    readonly manager: EntityManager,
    readonly write: WriteRequest,
    /** The state at the head of the ledger when the change was opened. Nobody else can move it meanwhile, or (dry run) is seen to. */
    readonly before: State,
    private lastEntry: number,
    /** When the change was opened, by the clock of the database. */
    readonly now: Date,
  ) {
    this.state = before;
  }

  /** The state with what this change has written so far. */
  state: State;

  /** What is written by the will of others, and asks no right of the caller. */
  readonly unasked = { rows: new Set<string>(), places: new Set<string>() };

  readonly besides: Besides = { kept: [], layeringsEnd: [], cleared: [], warnings: [] };

  get caller(): Caller {
    return this.write.caller;
  }

  get entries(): readonly LoggedEntry[] {
    return this.logged;
  }

  /** Honours `If-Match` and `If-None-Match` of what is there: the caller must have seen one of these representations, or may not have. */
  assertUnchanged(...current: readonly [object, ...object[]]): void {
    assertUnchanged(this.write, ...current);
  }

  /** Honours `If-Match` where there is nothing to edit. */
  assertNoneSeen(): void {
    assertNoneSeen(this.write);
  }

  /** Honours `If-Match` where there is nothing to edit yet, though the caller can have read it as a part of something else. */
  assertNothingElseSeen(readAs: object): void {
    assertNothingElseSeen(this.write, readAs);
  }

  /** Names what led to this change to the audit entries that follow: a promotion, a rollout, a schedule. */
  async causedBy(id: string): Promise<void> {
    await this.manager.query(`SELECT set_config('flagtree.causation_id', $1, true)`, [id]);
  }

  /** Folds what the triggers have logged since the last call into `state`. */
  async sync(): Promise<State> {
    const known = this.logged.length;
    const read = this.write.dryRun ? rehearsedFrom : entriesFrom;
    for (let page = PAGE; page === PAGE;) {
      const fresh = await read(this.manager, this.lastEntry + 1, PAGE);
      this.logged.push(...fresh);
      this.lastEntry = fresh.at(-1)?.id ?? this.lastEntry;
      page = fresh.length;
    }
    // A change has one revision, and a fold ignores a revision it has seen: so always from `before`.
    if (this.logged.length > known) this.state = await runInSlices(slicedApply(this.before, this.logged));
    return this.state;
  }
}
