import { isLive } from '../compile/compile-environment.js';
import { addLanes, type Lanes } from '../json/digest.js';
import type { Interruptible } from '../interruptible.js';
import { flagByKey } from '../state/chain.js';
import { MapDraft } from '../state/patched-map.js';
import type { State } from '../state/state.js';
import { touchedFlags } from '../state/touched-flags.js';
import type { Flag } from '../types.js';
import { branchesOf, movedEnvironments } from './branches.js';
import { compileForms, everyForm, type FlagForms } from './flag-forms.js';
import type { TreeParts } from './tree-parts.js';

/** How one tree becomes that of another state. */
export interface TreeStep {
  parts: TreeParts;
  /** Of the flags that were looked at: no other can be another than before. */
  keys: ReadonlySet<string>;
  requirementsDiffer: boolean;
}

/** Compiles what the difference of the two states can have made another. */
export function* stepTo(from: TreeParts, state: State): Interruptible<TreeStep> {
  const isSameTree = from.state.environments === state.environments && from.state.inheritance === state.inheritance;
  const branches = isSameTree ? from.branches : branchesOf(state, from.branches);
  const segmentsAreSame = from.state.segments === state.segments;
  const draft = new TreeDraft(from);
  const keys = keysToLookAt(from, state, movedEnvironments(from.branches, branches));
  for (const key of keys) {
    const flag = flagByKey(state, key);
    const last = from.forms.get(key);
    if (!flag || !isLive(flag)) {
      if (last) draft.remove(last);
      continue;
    }
    const forms = yield* compileForms(state, branches, flag, last, segmentsAreSame);
    if (forms !== last) draft.put(last, forms);
    yield;
  }
  return { parts: { state, branches, ...draft.finish() }, keys, requirementsDiffer: draft.requirementsDiffer };
}

function keysToLookAt(from: TreeParts, state: State, moved: readonly string[]): Set<string> {
  if (from.state.segments !== state.segments) return keysOf([...from.state.flags.values(), ...state.flags.values()]);
  const keys = new Set<string>();
  for (const { id, key } of touchedFlags(from.state, state)) {
    keys.add(key);
    const before = from.state.flags.get(id);
    if (before) keys.add(before.key);
  }
  for (const id of moved) for (const key of from.overridden.get(id) ?? []) keys.add(key);
  // a row of one that had no place in the tree came to nothing until now
  const arrived = new Set(moved.filter((id) => !from.branches.chains.has(id)));
  if (arrived.size > 0) for (const key of overriddenIn(state, arrived)) keys.add(key);
  return keys;
}

function overriddenIn(state: State, environments: ReadonlySet<string>): string[] {
  const isIn = (rows: ReadonlyMap<string, unknown>) =>
    rows.size < environments.size
      ? [...rows.keys()].some((id) => environments.has(id))
      : [...environments].some((id) => rows.has(id));
  return [...state.overrides].flatMap(([id, rows]) => (isIn(rows) ? (state.flags.get(id)?.key ?? []) : []));
}

function keysOf(flags: readonly Flag[]): Set<string> {
  return new Set(flags.map(({ key }) => key));
}

class TreeDraft {
  requirementsDiffer = false;
  private readonly forms: MapDraft<FlagForms>;
  private readonly broken: MapDraft<FlagForms>;
  private readonly overridden: MapDraft<ReadonlySet<string>>;
  private readonly ownSets = new Set<ReadonlySet<string>>();
  private readonly replaced = new Map<string, FlagForms>();
  private keysDiffer = false;
  private lanes: Lanes;

  constructor(private readonly from: TreeParts) {
    this.forms = new MapDraft(from.forms);
    this.broken = new MapDraft(from.broken);
    this.overridden = new MapDraft(from.overridden);
    this.lanes = from.baseLanes;
  }

  put(last: FlagForms | undefined, forms: FlagForms): void {
    const { key } = forms.flag;
    this.forms.put(key, forms);
    this.replaced.set(key, forms);
    this.keysDiffer ||= !last;
    this.exchange(key, last, forms);
  }

  remove(last: FlagForms): void {
    const { key } = last.flag;
    this.forms.delete(key);
    this.keysDiffer = true;
    this.exchange(key, last, undefined);
  }

  finish(): Omit<TreeParts, 'state' | 'branches'> {
    const forms = this.forms.finish();
    return {
      forms,
      list: this.keysDiffer ? [...forms.values()].sort(byKey) : withReplaced(this.from.list, this.replaced),
      overridden: this.overridden.finish(),
      broken: this.broken.finish(),
      baseLanes: this.lanes,
    };
  }

  private exchange(key: string, last: FlagForms | undefined, now: FlagForms | undefined): void {
    if (last) this.lanes = addLanes(this.lanes, last.base.digest, -1);
    if (now) this.lanes = addLanes(this.lanes, now.base.digest, 1);
    this.requirementsDiffer ||= hasRequirements(last) || hasRequirements(now);
    if (now && isBroken(now)) this.broken.put(key, now);
    else if (this.broken.get(key)) this.broken.delete(key);
    for (const id of last?.at.keys() ?? []) if (!now?.at.has(id)) this.ownSet(id).delete(key);
    for (const id of now?.at.keys() ?? []) if (!last?.at.has(id)) this.ownSet(id).add(key);
    for (const id of last?.at.keys() ?? []) if (this.overridden.get(id)?.size === 0) this.overridden.delete(id);
  }

  private ownSet(id: string): Set<string> {
    const known = this.overridden.get(id);
    if (known && this.ownSets.has(known)) return known as Set<string>;
    const copy = new Set(known);
    this.ownSets.add(copy);
    this.overridden.put(id, copy);
    return copy;
  }
}

function withReplaced(list: readonly FlagForms[], replaced: ReadonlyMap<string, FlagForms>): readonly FlagForms[] {
  if (replaced.size === 0) return list;
  const next = list.slice();
  for (const [key, forms] of replaced) next[indexOf(list, key)] = forms;
  return next;
}

/** Of a key that is in the list. */
function indexOf(list: readonly FlagForms[], key: string): number {
  let [from, to] = [0, list.length];
  while (to - from > 1) {
    const middle = (from + to) >>> 1;
    if ((list[middle] as FlagForms).flag.key <= key) from = middle;
    else to = middle;
  }
  return from;
}

function byKey({ flag: a }: FlagForms, { flag: b }: FlagForms): number {
  return a.key < b.key ? -1 : 1;
}

function hasRequirements(forms: FlagForms | undefined): boolean {
  return forms !== undefined && forms.base.program.prerequisites.length > 0;
}

function isBroken(forms: FlagForms): boolean {
  for (const { defect } of everyForm(forms)) if (defect !== null) return true;
  return false;
}
