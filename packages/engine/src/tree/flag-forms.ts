import { compileFlag } from '../compile/compile-flag.js';
import type { CompiledFlag } from '../compile/snapshot.js';
import type { Interruptible } from '../interruptible.js';
import { setsAnyField } from '../resolve/resolve.js';
import type { State } from '../state/state.js';
import type { Environment, EnvironmentFlag, Flag } from '../types.js';
import { type Branches, sameChain } from './branches.js';

/**
 * A flag as it is in all environments of a state. It can only differ where a row overrides it: every other environment has what the nearest
 * such one above it hands down, or the base, as the same object. So a flag costs what is overridden of it, however many environments there are.
 */
export interface FlagForms {
  readonly flag: Flag;
  /** Where nobody on the chain overrides it. */
  readonly base: CompiledFlag;
  /** By the id of the environment whose row overrides it. */
  readonly at: ReadonlyMap<string, FormsAt>;
  readonly rows: ReadonlyMap<string, EnvironmentFlag> | undefined;
}

/** What one row comes to. */
export interface FormsAt {
  readonly chain: readonly Environment[];
  readonly own: CompiledFlag;
  /** For those that inherit it; null where the environment has no children. */
  readonly below: CompiledFlag | null;
}

/** The ids of an environment and those above it. `HEIR` at its head stands for any child that overrides nothing. */
export type Place = readonly string[];

export const HEIR = '';
const heir = { id: HEIR, slug: HEIR } as Environment;
const NOWHERE: FlagForms['at'] = new Map();

export function formIn({ base, at }: FlagForms, place: Place): CompiledFlag {
  if (at.size === 0) return base;
  for (let depth = 0; depth < place.length; depth++) {
    const forms = at.get(place[depth] as string);
    if (forms) return depth === 0 ? forms.own : (forms.below ?? forms.own);
  }
  return base;
}

export function* everyForm({ base, at }: FlagForms): Generator<CompiledFlag, undefined> {
  yield base;
  for (const { own, below } of at.values()) {
    yield own;
    if (below) yield below;
  }
  return undefined;
}

/**
 * Compiles the flag wherever it can be another than in `last`, which has what goes on where it no longer compiles. Comes back with `last`
 * itself where nothing is another.
 */
export function* compileForms(
  state: State,
  branches: Branches,
  flag: Flag,
  last: FlagForms | undefined,
  segmentsAreSame: boolean,
): Interruptible<FlagForms> {
  const rows = state.overrides.get(flag.id);
  const base = compileFlag(state, [], flag, last?.base);
  yield;
  if (!rows) return isLast(last, flag, base, NOWHERE, rows) ? last : { flag, base, at: NOWHERE, rows };
  const at = new Map<string, FormsAt>();
  const stays = last?.flag === flag && segmentsAreSame ? last : undefined;
  for (const [id, row] of rows) {
    const chain = branches.chains.get(id);
    if (!chain || !setsAnyField(row)) continue;
    const kept = stays?.at.get(id);
    const hasHeirs = branches.parents.has(id);
    if (kept && isUntouched(kept, chain, rows, last?.rows) && (kept.below !== null || !hasHeirs)) {
      at.set(id, kept);
      continue;
    }
    const place = chain.map((link) => link.id);
    const known = last?.at.get(id);
    const own = compileFlag(state, chain, flag, known?.own ?? (last && formIn(last, place)));
    const heirs = () => compileFlag(state, [heir, ...chain], flag, known?.below ?? (last && formIn(last, [HEIR, ...place])));
    const below = hasHeirs ? heirs() : null;
    at.set(id, known?.own === own && known.below === below && known.chain === chain ? known : { chain, own, below });
    yield;
  }
  return isLast(last, flag, base, at, rows) ? last : { flag, base, at, rows };
}

/** Whether neither the chain nor a row of the flag along it is another. */
function isUntouched(
  { chain: before }: FormsAt,
  chain: readonly Environment[],
  rows: FlagForms['rows'],
  lastRows: FlagForms['rows'],
): boolean {
  if (before !== chain && !sameChain(before, chain)) return false;
  return rows === lastRows || chain.every(({ id }) => rows?.get(id) === lastRows?.get(id));
}

function isLast(
  last: FlagForms | undefined,
  flag: Flag,
  base: CompiledFlag,
  at: FlagForms['at'],
  rows: FlagForms['rows'],
): last is FlagForms {
  if (last?.flag !== flag || last.base !== base || last.rows !== rows || last.at.size !== at.size) return false;
  for (const [id, forms] of at) if (last.at.get(id) !== forms) return false;
  return true;
}
