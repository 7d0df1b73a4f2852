import { FLAG_FIELDS, type JsonObject, type JsonValue } from '../../types.js';
import type { Ownership } from '../words.js';
import { type DeclaredThing, identityOf, sameField, type SaidThing, type NamedThing } from './things.js';

/** A field of a thing; `*` is the thing itself. */
interface OfField extends NamedThing {
  field: string;
  place: string | null;
}

export interface DeclaredChange extends OfField {
  action: 'set' | 'clear' | 'create' | 'archive';
  /** Absent: not said. */
  before?: JsonValue;
  after?: JsonValue;
}

/** Somebody edited live what the files have as it was. */
export interface Drift extends OfField {
  declared?: JsonValue;
  live?: JsonValue;
}

/** Both sides moved, each its own way. `applied`: what it was when it was applied last. */
export interface DeclaredConflict extends Drift {
  applied?: JsonValue;
}

/** Left alone while something else holds it: a kill, a rollout. */
export interface HeldField extends Drift {
  by: string;
}

export interface Reconciled {
  changes: DeclaredChange[];
  /** Fields that are as the files say without anything being written. */
  adopt: OfField[];
  drift: Drift[];
  conflicts: DeclaredConflict[];
  held: HeldField[];
  /** Things that the files had and have no more, and that are left. */
  orphans: NamedThing[];
  /** Things that another source declares. */
  foreign: (NamedThing & { source: string })[];
  /** What is applied then, of the things in scope; those that are absent are forgotten. */
  applied: SaidThing[];
}

export interface ReconcileOptions {
  source: string;
  /** By identity, the source that a thing is declared by. */
  owners: ReadonlyMap<string, string>;
  ownership: (thing: DeclaredThing, field: string) => Ownership;
  /** Who holds the field; null: nobody. */
  held: (thing: NamedThing, field: string) => string | null;
  /** False: the files say nothing about it, not even that it is gone. */
  inScope: (thing: NamedThing) => boolean;
  /** Whether flags that the files have no more are archived. */
  prune: boolean;
  /** Whether the files are right, though somebody edited live. */
  take: (thing: NamedThing, field: string) => boolean;
}

/**
 * What has to be done so that a server is as the files say, by what was applied last. A live edit is never overwritten, nothing is written that the
 * files did not change, and a second time there is nothing to do. `live`: what a thing is on the server; null: there is none.
 */
export function reconcile(
  files: readonly DeclaredThing[],
  lastApplied: readonly SaidThing[],
  live: (thing: NamedThing) => JsonObject | null,
  options: ReconcileOptions,
): Reconciled {
  const result: Reconciled = {
    changes: [],
    adopt: [],
    drift: [],
    conflicts: [],
    held: [],
    orphans: [],
    foreign: [],
    applied: [],
  };
  const declared = new Map(files.map((thing) => [identityOf(thing), thing]));
  const known = new Map(lastApplied.map((thing) => [identityOf(thing), thing]));
  for (const [identity, thing] of new Map<string, DeclaredThing>([...known, ...declared])) {
    const owner = options.owners.get(identity);
    if (owner !== undefined && owner !== options.source) {
      if (declared.has(identity)) result.foreign.push({ ...bare(thing), source: owner });
      continue;
    }
    const before = known.get(identity);
    if (!options.inScope(thing)) continue;
    const now = declared.get(identity);
    if (!now && isOrphan(thing, declared)) leave(thing, before, live(thing), options, result);
    else reconcileThing(thing, { now, before, live: live(thing) }, options, result);
  }
  return result;
}

interface Sides {
  now: DeclaredThing | undefined;
  before: SaidThing | undefined;
  live: JsonObject | null;
}

const bare = ({ kind, key, environment }: NamedThing): NamedThing => ({ kind, key, environment });

/** An override whose flag is still declared is a matter of its fields: what the files leave out inherits. */
function isOrphan(thing: NamedThing, declared: ReadonlyMap<string, DeclaredThing>): boolean {
  return thing.kind !== 'override' || !declared.has(identityOf({ kind: 'flag', key: thing.key, environment: null }));
}

function leave(
  thing: SaidThing,
  before: SaidThing | undefined,
  live: JsonObject | null,
  { prune }: ReconcileOptions,
  result: Reconciled,
): void {
  if (live === null) return;
  if (prune && thing.kind === 'flag') {
    result.changes.push({ ...bare(thing), place: thing.place, field: '*', action: 'archive', before: true });
    return;
  }
  // What goes with its flag is forgotten with it.
  if (prune && thing.kind === 'override') return;
  result.orphans.push(bare(thing));
  if (before) result.applied.push(before);
}

function reconcileThing(thing: DeclaredThing, { now, before, live }: Sides, options: ReconcileOptions, result: Reconciled): void {
  const at = { ...bare(thing), place: thing.place };
  if (live === null && thing.kind !== 'override') {
    if (before && now && !options.take(thing, '*')) {
      result.drift.push({ ...at, field: '*', declared: true });
      result.applied.push(before);
      return;
    }
    if (now) result.changes.push({ ...at, field: '*', action: 'create', after: true });
  }
  const applied: JsonObject = {};
  const there = live ?? {};
  for (const field of new Set([...Object.keys(now?.fields ?? {}), ...Object.keys(before?.fields ?? {})])) {
    const [B, D, L] = [before?.fields[field], now?.fields[field], there[field]];
    const isNew = live === null && thing.kind !== 'override';
    const { outcome, by } = decide(thing, field, { B, D, L, isFirst: before === undefined, isNew }, options);
    const values = { ...(D !== undefined && { declared: D }), ...(L !== undefined && { live: L }) };
    if (outcome === 'set' || outcome === 'clear')
      result.changes.push({
        ...at,
        field,
        action: outcome,
        ...(L !== undefined && { before: L }),
        ...(D !== undefined && { after: D }),
      });
    else if (outcome === 'adopt') result.adopt.push({ ...at, field });
    else if (outcome === 'drift') result.drift.push({ ...at, field, ...values });
    else if (outcome === 'conflict') result.conflicts.push({ ...at, field, ...values, ...(B !== undefined && { applied: B }) });
    else if (outcome === 'held') result.held.push({ ...at, field, ...values, by: by as string });
    const next = outcome === 'drift' || outcome === 'conflict' || outcome === 'held' ? B : outcome === 'live' ? undefined : D;
    if (next !== undefined) applied[field] = next;
  }
  if (now || Object.keys(applied).length > 0) result.applied.push({ ...at, fields: applied });
}

interface Three {
  B: JsonValue | undefined;
  D: JsonValue | undefined;
  L: JsonValue | undefined;
  isFirst: boolean;
  /** There is no such thing on the server. */
  isNew: boolean;
}

type Outcome = 'nothing' | 'set' | 'clear' | 'adopt' | 'drift' | 'conflict' | 'held' | 'live';

function decide(
  thing: DeclaredThing,
  field: string,
  { B, D, L, isFirst, isNew }: Three,
  options: ReconcileOptions,
): { outcome: Outcome; by?: string } {
  const owner = options.ownership(thing, field);
  if (owner === 'live') return { outcome: 'live' };
  if (isNew) return { outcome: D === undefined ? 'nothing' : 'set' };
  if (owner === 'git-initial') {
    const isUnsaid = L === undefined || (thing.kind !== 'override' && isFirst && sameField(thing, field, L, undefined));
    return { outcome: isFirst && D !== undefined && isUnsaid && !sameField(thing, field, D, L) ? 'set' : 'nothing' };
  }
  const same = (a: JsonValue | undefined, b: JsonValue | undefined) => sameField(thing, field, a, b);
  const write = D === undefined ? 'clear' : 'set';
  if (same(D, L)) return { outcome: same(B, D) ? 'nothing' : 'adopt' };
  const by = options.held(thing, field);
  if (by !== null) return { outcome: 'held', by };
  if (options.take(thing, field)) return { outcome: write };
  if (same(B, D)) return { outcome: 'drift' };
  // Of a flag that the files meet for the first time nobody knows whether what it serves is meant.
  const isMet = isFirst && thing.kind === 'flag' && (FLAG_FIELDS as readonly string[]).includes(field);
  return { outcome: same(B, L) && !isMet ? write : 'conflict' };
}
