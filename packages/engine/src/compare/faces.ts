import type { Interruptible } from '../interruptible.js';
import { isPlainObject } from '../json/values.js';
import { baseOf, inheritanceChain, resolveContent, type ResolvedContent } from '../resolve/resolve.js';
import { CircularEnvironmentInheritanceError } from '../state/chain.js';
import type { State } from '../state/state.js';
import { type Environment, type Flag, FLAG_FIELDS, type JsonValue } from '../types.js';

/** One flag in one environment, as a cell of a table shows it. What is absent is as usual: everybody, no rules, no split. */
export interface CellFace {
  on: boolean;
  /** Share of contexts, in per cent, that get the default when no rule matches. */
  percentage?: number;
  /** What the default variant serves, shortened; absent for a boolean flag that serves what `on` says. */
  value?: string;
  /** The default is a split by weights. */
  split?: true;
  /** `no`: the environment sets nothing; `same`: only what it would have anyway; `differs`: something else than what it would inherit. */
  own: 'no' | 'same' | 'differs';
  /** The slug of the nearest ancestor that sets something; absent where only the base of the flag does, or where the environment itself does. */
  from?: string;
  /** How many rules there are. */
  rules?: number;
}

const LONGEST_VALUE = 24;

/** For each flag its face in each environment, in the order given; null where the environment inherits from itself. */
export function* slicedFaces(
  state: State,
  flags: readonly Flag[],
  environments: readonly Environment[],
): Interruptible<(CellFace | null)[][]> {
  const chains = environments.map((environment) => chainOrNull(state, environment));
  const rows: (CellFace | null)[][] = [];
  for (const flag of flags) {
    rows.push(facesOf(state, flag, chains));
    yield;
  }
  return rows;
}

/** A chain is null where the tree has a cycle. */
function facesOf(state: State, flag: Flag, chains: readonly (readonly Environment[] | null)[]): (CellFace | null)[] {
  const overrides = state.overrides.get(flag.id);
  const base = baseOf(flag);
  const faceOfBase = faceOf(base, null);
  return chains.map((chain) => {
    if (chain === null) return null;
    const content = resolveContent(chain, overrides, base);
    return content === base ? faceOfBase : faceOf(content, (chain[0] as Environment).slug);
  });
}

function faceOf({ flag, fields, inheritedFrom }: ResolvedContent, slug: string | null): CellFace {
  const { percentage, rules, variants } = fields;
  const ownStates = FLAG_FIELDS.map((field) => fields[field]).filter(
    ({ source }) => source.kind === 'environment' && source.slug === slug,
  );
  const own = ownStates.length === 0 ? 'no' : ownStates.every(({ state }) => state === 'overridden-equal') ? 'same' : 'differs';
  const isSplit = listOf(variants.value).some((variant) => isPlainObject(variant) && variant['weight'] !== undefined);
  const count = listOf(rules.value).length;
  const value = valueOf(flag, fields);
  return {
    on: fields.enabled.value,
    ...(percentage.value === 100 ? {} : { percentage: percentage.value }),
    ...(value === null ? {} : { value }),
    ...(isSplit ? { split: true as const } : {}),
    own,
    ...(inheritedFrom === null ? {} : { from: inheritedFrom }),
    ...(count === 0 ? {} : { rules: count }),
  };
}

/** Null: a boolean flag serves what one expects of a switch, or there is nothing to serve. */
function valueOf({ type }: Flag, { variants, defaultVariant }: ResolvedContent['fields']): string | null {
  const found = listOf(variants.value).find((variant) => isPlainObject(variant) && variant['key'] === defaultVariant.value);
  if (!isPlainObject(found)) return null;
  const value = found['value'] ?? null;
  if (type === 'boolean' && value === true) return null;
  return shortened(value);
}

function shortened(value: JsonValue): string {
  if (Array.isArray(value)) return `[ ${String(value.length)} items ]`;
  if (isPlainObject(value)) return `{ ${String(Object.keys(value).length)} keys }`;
  const characters = [...JSON.stringify(value)];
  return characters.length <= LONGEST_VALUE ? characters.join('') : `${characters.slice(0, LONGEST_VALUE - 1).join('')}…`;
}

/** What was written past the guards may be no list. */
const listOf = (value: unknown): readonly JsonValue[] => (Array.isArray(value) ? (value as JsonValue[]) : []);

function chainOrNull(state: State, environment: Environment): readonly Environment[] | null {
  try {
    return inheritanceChain(state, environment);
  } catch (error) {
    if (error instanceof CircularEnvironmentInheritanceError) return null;
    throw error;
  }
}
