import { type Interruptible, runToEnd } from '../interruptible.js';
import { MapDraft } from './patched-map.js';
import { environmentFlagFromRow, environmentFromRow, flagFromRow, segmentFromRow } from './rows.js';
import type { Environment, EnvironmentFlag, Flag, JsonObject, Segment } from '../types.js';

/** Everything that evaluation depends on at one revision. Immutable: a later state shares with it every map that did not change. */
export interface State {
  readonly revision: number;
  /** Whether environments inherit from their parents; false: each field is the environment's own or the flag's. The same for all states of a server. */
  readonly inheritance: boolean;
  /** By id. */
  readonly environments: ReadonlyMap<string, Environment>;
  /** By id, archived ones included. */
  readonly flags: ReadonlyMap<string, Flag>;
  /** By flag id, then environment id. A flag without overrides has no inner map. */
  readonly overrides: ReadonlyMap<string, ReadonlyMap<string, EnvironmentFlag>>;
  /** By key. */
  readonly segments: ReadonlyMap<string, Segment>;
  /** Of a past state the environments of the present: a name that one of them got since is taken, too. */
  readonly namedSince?: ReadonlyMap<string, Environment>;
}

export interface StateRows {
  revision: number;
  /** Absent: true. */
  inheritance?: boolean;
  environments: Iterable<Environment>;
  flags: Iterable<Flag>;
  overrides: Iterable<EnvironmentFlag>;
  segments: Iterable<Segment>;
}

/** The fold takes the first four; the others are audited like them. */
export type AuditedTable =
  'environments' | 'flags' | 'environment_flags' | 'segments' | 'tokens' | 'checks' | 'pipelines' | 'promotions';

/** One audited change of one row: jsonb of the row before and after; null = did not exist. */
export interface Entry {
  revision: number;
  table: AuditedTable;
  before: JsonObject | null;
  after: JsonObject | null;
}

export function emptyState(inheritance = true): State {
  return { revision: 0, inheritance, environments: new Map(), flags: new Map(), overrides: new Map(), segments: new Map() };
}

export function buildState({ revision, inheritance = true, environments, flags, overrides, segments }: StateRows): State {
  const byFlag = new Map<string, Map<string, EnvironmentFlag>>();
  for (const row of overrides) {
    const rows = byFlag.get(row.flagId);
    if (rows) rows.set(row.environmentId, row);
    else byFlag.set(row.flagId, new Map([[row.environmentId, row]]));
  }
  return {
    revision,
    inheritance,
    environments: new Map(Array.from(environments, (row) => [row.id, row])),
    flags: new Map(Array.from(flags, (row) => [row.id, row])),
    overrides: byFlag,
    segments: new Map(Array.from(segments, (row) => [row.key, row])),
  };
}

/** The rows of a state as the database has them in jsonb. */
export type StoredRows = Record<'environments' | 'flags' | 'overrides' | 'segments', readonly JsonObject[]>;

type RowsAt = Pick<StateRows, 'revision' | 'inheritance'>;

export function stateFromRows(rows: StoredRows, at: RowsAt): State {
  return runToEnd(slicedStateFromRows(rows, at));
}

/** The same, in parts. */
export function* slicedStateFromRows(rows: StoredRows, { revision, inheritance = true }: RowsAt): Interruptible<State> {
  return buildState({
    revision,
    inheritance,
    environments: yield* mapped(rows.environments, environmentFromRow),
    flags: yield* mapped(rows.flags, flagFromRow),
    overrides: yield* mapped(rows.overrides, environmentFlagFromRow),
    segments: yield* mapped(rows.segments, segmentFromRow),
  });
}

function* mapped<T>(rows: readonly JsonObject[], from: (row: JsonObject) => T): Interruptible<T[]> {
  const things: T[] = [];
  for (const row of rows) {
    things.push(from(row));
    yield;
  }
  return things;
}

/** The state after `entries` (ascending). Entries that the state already holds (of its revision or an older one) are ignored. */
export function applyEntries(state: State, entries: readonly Entry[]): State {
  return runToEnd(slicedApply(state, entries));
}

/** The same, in parts. */
export function* slicedApply(state: State, entries: readonly Entry[]): Interruptible<State> {
  const draft = new StateDraft(state);
  let { revision } = state;
  for (const entry of entries) {
    if (entry.revision <= state.revision) continue;
    draft.replace(entry.table, entry.before, entry.after);
    revision = Math.max(revision, entry.revision);
    yield;
  }
  return draft.finish(revision);
}

/** The state as it was at `toRevision`; `entries` (ascending) hold at least all that happened since then. Inverse of `applyEntries`. */
export function rewindEntries(state: State, entries: readonly Entry[], toRevision: number): State {
  return runToEnd(slicedRewind(state, entries, toRevision));
}

/** The same, in parts. */
export function* slicedRewind(state: State, entries: readonly Entry[], toRevision: number): Interruptible<State> {
  const draft = new StateDraft(state);
  for (const entry of entries.toReversed()) {
    if (entry.revision > toRevision && entry.revision <= state.revision) draft.replace(entry.table, entry.after, entry.before);
    yield;
  }
  return draft.finish(Math.min(toRevision, state.revision));
}

/** What does not change keeps its identity. */
class StateDraft {
  private readonly environments: MapDraft<Environment>;
  private readonly flags: MapDraft<Flag>;
  private readonly segments: MapDraft<Segment>;
  private readonly overrides: MapDraft<ReadonlyMap<string, EnvironmentFlag>>;
  private readonly ownRows = new Set<ReadonlyMap<string, EnvironmentFlag>>();

  constructor(private readonly base: State) {
    this.environments = new MapDraft(base.environments);
    this.flags = new MapDraft(base.flags);
    this.segments = new MapDraft(base.segments);
    this.overrides = new MapDraft(base.overrides);
  }

  replace(table: AuditedTable, from: JsonObject | null, to: JsonObject | null): void {
    switch (table) {
      case 'environments':
        put(this.environments, from && environmentFromRow(from).id, to && environmentFromRow(to), (row) => row.id);
        return;
      case 'flags':
        put(this.flags, from && flagFromRow(from).id, to && flagFromRow(to), (row) => row.id);
        return;
      case 'segments':
        put(this.segments, from && segmentFromRow(from).key, to && segmentFromRow(to), (row) => row.key);
        return;
      case 'environment_flags':
        if (from) this.removeOverride(environmentFlagFromRow(from));
        if (to) this.addOverride(environmentFlagFromRow(to));
        return;
      case 'tokens':
      case 'checks':
      case 'pipelines':
      case 'promotions':
        return;
    }
  }

  finish(revision: number): State {
    return {
      revision,
      inheritance: this.base.inheritance,
      environments: this.environments.finish(),
      flags: this.flags.finish(),
      overrides: this.overrides.finish(),
      segments: this.segments.finish(),
    };
  }

  private removeOverride(row: EnvironmentFlag): void {
    const rows = this.ownRowsOf(row.flagId);
    rows.delete(row.environmentId);
    if (rows.size === 0) this.overrides.delete(row.flagId);
  }

  private addOverride(row: EnvironmentFlag): void {
    this.ownRowsOf(row.flagId).set(row.environmentId, row);
  }

  private ownRowsOf(flagId: string): Map<string, EnvironmentFlag> {
    const current = this.overrides.get(flagId);
    if (current && this.ownRows.has(current)) return current as Map<string, EnvironmentFlag>;
    const copy = new Map(current);
    this.ownRows.add(copy);
    this.overrides.put(flagId, copy);
    return copy;
  }
}

function put<T extends object>(map: MapDraft<T>, oldKey: string | null, row: T | null, keyOf: (row: T) => string): void {
  if (oldKey !== null && (row === null || keyOf(row) !== oldKey)) map.delete(oldKey);
  if (row !== null) map.put(keyOf(row), row);
}
