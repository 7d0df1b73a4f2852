import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PositionName } from '../audit/follow/position-names.js';
import { StateStore } from '../audit/follow/state-store.js';
import { emptyState, type Entry, slicedApply, slicedRewind, type State } from '@flagtree/engine';
import { DatabaseClock } from '../platform/database/database-clock.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { Invalid } from '../platform/http/problems/problem.js';
import { BEFORE_ALL, entriesIn, instantOf, revisionAt, rowsChangedIn, type Span, spanOf } from './history.queries.js';
import { type Moment, momentOf } from './moment.js';

/** Past states that are kept: they share what did not change with one another and with the present. */
const KEPT = 16;
const PAGE = 2_000;
/** So many entries away, rows are asked for one by one instead. */
const FAR = 5_000;
/** Between our clock and the caller's. */
const CLOCK_SKEW_MS = 60_000;

export interface Past {
  state: State;
  /** The instant that was asked for, or at which the revision was made: the `now` of an evaluation there. */
  instant: Date;
}

/**
 * Any past state: the present rewound, or an earlier state (at worst the empty one) folded forward, whichever reads fewer
 * entries of the audit log; where those are many, the present with its rows as they were. One is worked out at a time, page by page, so that
 * evaluation goes on meanwhile.
 */
@Injectable()
export class StateHistory {
  private readonly recent = new Map<number, State>();
  private readonly pending = new Map<number, Promise<State>>();
  private readonly named = new WeakMap<State, State>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: StateStore,
    private readonly dataSource: DataSource,
    private readonly clock: DatabaseClock,
  ) {
    // A full load may be of another history: that of a restored database.
    store.onChange((_, entries) => {
      if (entries.length === 0) this.recent.clear();
    });
  }

  /**
   * The state at the moment that `at` names (see `validateMoment`); the current one without.
   * @throws {Invalid} for the future, pointing to the parameter that named it.
   */
  async at(at: string | number | undefined, pointer = '?at'): Promise<State> {
    const present = await this.store.current();
    if (at === undefined) return present;
    return this.namedLike(present, await this.stateAt(await this.revisionOf(momentOf(at), present, pointer), present));
  }

  /** As `at`, with the instant to evaluate at. */
  async past(at: string | number): Promise<Past> {
    const present = await this.store.current();
    const moment = momentOf(at);
    const revision = await this.revisionOf(moment, present);
    const instant = 'instant' in moment ? moment.instant : ((await instantOf(this.dataSource.manager, revision)) ?? new Date(0));
    return { state: this.namedLike(present, await this.stateAt(revision, present)), instant };
  }

  /** People call environments what they are called today; the same state for the same names, since snapshots are kept by it. */
  private namedLike(present: State, past: State): State {
    if (past === present) return past;
    let named = this.named.get(past);
    if (named?.namedSince !== present.environments) this.named.set(past, (named = { ...past, namedSince: present.environments }));
    return named;
  }

  private async revisionOf(moment: Moment, present: State, pointer = '?at'): Promise<number> {
    if ('revision' in moment) {
      if (moment.of && !(await this.store.holds(moment.of))) throw ofAnotherHistory(moment.of, pointer);
      if (moment.revision <= present.revision) return moment.revision;
      throw future(`There is no revision ${String(moment.revision)} yet: the newest is ${String(present.revision)}.`, pointer);
    }
    if (moment.instant.getTime() > this.clock.ms() + CLOCK_SKEW_MS)
      throw future(`${moment.instant.toISOString()} is still to come.`, pointer);
    return Math.min(await revisionAt(this.dataSource.manager, moment.instant), present.revision);
  }

  private async stateAt(revision: number, present: State): Promise<State> {
    if (revision === present.revision) return present;
    const known = this.recent.get(revision) ?? this.pending.get(revision);
    if (known) return known;
    const made = this.turn
      .then(() => this.workOut(revision, present))
      .finally(() => {
        this.pending.delete(revision);
      });
    this.pending.set(revision, made);
    this.turn = made.catch(() => undefined);
    return made;
  }

  private async workOut(revision: number, present: State): Promise<State> {
    const start = [emptyState(present.inheritance), present, ...this.recent.values()].reduce((best, state) =>
      Math.abs(state.revision - revision) < Math.abs(best.revision - revision) ? state : best,
    );
    const between = [Math.min(start.revision, revision), Math.max(start.revision, revision)] as const;
    const span = await spanOf(this.dataSource.manager, ...between);
    const isFar = span !== null && span.last - span.first >= FAR;
    const work = isFar
      ? this.byRows(present, revision)
      : start.revision < revision
        ? this.foldForward(start, span, revision)
        : this.rewind(start, span, revision);
    const state = await work;
    this.keep(state);
    return state;
  }

  /** The present, with each row that was changed since as it was: however many entries there are, it takes what there are rows. */
  private async byRows(present: State, revision: number): Promise<State> {
    const { manager } = this.dataSource;
    const span = await spanOf(manager, revision, present.revision);
    const entries: Entry[] = [];
    for (let after: string | null = span && BEFORE_ALL; span && after !== null;) {
      const { rows, next }: Awaited<ReturnType<typeof rowsChangedIn>> = await rowsChangedIn(manager, span, after);
      entries.push(...rows.map((row) => ({ ...row, revision: present.revision })));
      after = next;
    }
    // What came since goes before what was there comes back: it may have the same name.
    const ordered = [...entries.filter(({ before }) => before !== null), ...entries.filter(({ before }) => before === null)];
    return { ...(await runInSlices(slicedRewind(present, ordered, revision))), revision };
  }

  /** A page may end within a revision, of which the fold would take the rest for seen: so the revision is said at the end. */
  private async foldForward(start: State, span: Span | null, revision: number): Promise<State> {
    let state = start;
    for (const page of pagesOf(span)) {
      const entries = await entriesIn(this.dataSource.manager, page);
      state = await runInSlices(slicedApply({ ...state, revision: start.revision }, entries));
    }
    return { ...state, revision };
  }

  private async rewind(start: State, span: Span | null, revision: number): Promise<State> {
    let state = start;
    for (const page of pagesOf(span).reverse()) {
      const entries = await entriesIn(this.dataSource.manager, page);
      state = await runInSlices(slicedRewind({ ...state, revision: start.revision }, entries, revision));
    }
    return { ...state, revision };
  }

  private keep(state: State): void {
    this.recent.set(state.revision, state);
    for (const [oldest] of this.recent) {
      if (this.recent.size <= KEPT) break;
      this.recent.delete(oldest);
    }
  }
}

function pagesOf(span: Span | null): Span[] {
  if (span === null) return [];
  const pages: Span[] = [];
  for (let first = span.first; first <= span.last; first += PAGE)
    pages.push({ first, last: Math.min(first + PAGE - 1, span.last) });
  return pages;
}

function ofAnotherHistory({ revision }: PositionName, pointer: string): Invalid {
  const detail = `Revision ${String(revision)} is not what it was when you heard of it: the database was set back since. Look at the current state.`;
  return new Invalid('moment-of-another-history', detail, [{ pointer, code: 'moment-of-another-history', detail }]);
}

function future(detail: string, pointer: string): Invalid {
  return new Invalid('moment-in-the-future', detail, [{ pointer, code: 'moment-in-the-future', detail }]);
}
