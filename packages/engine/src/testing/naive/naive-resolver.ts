import { deepEqual } from '../../json/equal.js';
import type { ResolvedFlag, Source } from '../../resolve/resolve.js';
import type { State } from '../../state/state.js';
import type { Environment, EnvironmentFlag, Flag, FlagField, JsonValue, Rule } from '../../types.js';

/**
 * Section 2 of the semantics once more, told differently: from the root down, one field at a time, nothing shared or skipped. Tests hold
 * the engine's resolver to it.
 */
export function naiveResolve(state: State, environment: Environment, flag: Flag): ResolvedFlag {
  const fromRoot = ancestry(state, environment).reverse();
  const plain = (name: Exclude<FlagField, 'rules'>) => {
    let value = flag[name] as JsonValue;
    let inherited = value;
    let source: Source = { kind: 'flag' };
    for (const link of fromRoot) {
      inherited = value;
      const own = rowOf(state, link, flag)?.[name] ?? null;
      if (own === null) continue;
      value = own as JsonValue;
      source = { kind: 'environment', slug: link.slug };
    }
    return { value, source, state: stateOf(source, environment, deepEqual(value, inherited)) };
  };
  const { rules, ruleSources } = naiveRules(state, fromRoot, flag);
  const setting = ancestry(state, environment).find((link) => setsSomething(rowOf(state, link, flag)));
  return {
    flag,
    environment: environment.slug,
    fields: {
      enabled: plain('enabled'),
      percentage: plain('percentage'),
      rules,
      variants: plain('variants'),
      defaultVariant: plain('defaultVariant'),
      offVariant: plain('offVariant'),
    } as unknown as ResolvedFlag['fields'],
    ruleSources,
    inheritedFrom: setting && setting.id !== environment.id ? setting.slug : null,
  };
}

function naiveRules(
  state: State,
  fromRoot: Environment[],
  flag: Flag,
): { rules: ResolvedFlag['fields']['rules']; ruleSources: Source[] } {
  let tagged: { rule: Rule; from: Source }[] = flag.rules.map((rule) => ({ rule, from: { kind: 'flag' } }));
  let source: Source = { kind: 'flag' };
  let inherited: Rule[] = flag.rules;
  for (const link of fromRoot) {
    inherited = tagged.map(({ rule }) => rule);
    const row = rowOf(state, link, flag);
    if (!row || row.rules === null) continue;
    source = { kind: 'environment', slug: link.slug };
    const own: typeof tagged = row.rules.map((rule) => ({ rule, from: { kind: 'environment', slug: link.slug } }));
    if (row.rulesMode === 'replace') tagged = own;
    else if (row.rulesMode === 'prepend') tagged = own.concat(tagged);
    else tagged = tagged.concat(own);
  }
  const value = tagged.map(({ rule }) => rule);
  const environment = fromRoot.at(-1) as Environment;
  return {
    rules: { value, source, state: stateOf(source, environment, deepEqual(value, inherited)) },
    ruleSources: tagged.map(({ from }) => from),
  };
}

function stateOf(source: Source, environment: Environment, equal: boolean): 'inherited' | 'overridden' | 'overridden-equal' {
  if (source.kind === 'flag' || source.slug !== environment.slug) return 'inherited';
  return equal ? 'overridden-equal' : 'overridden';
}

function rowOf(state: State, environment: Environment, flag: Flag): EnvironmentFlag | undefined {
  return state.overrides.get(flag.id)?.get(environment.id);
}

function setsSomething(row: EnvironmentFlag | undefined): boolean {
  if (!row) return false;
  return [row.enabled, row.percentage, row.rules, row.variants, row.defaultVariant, row.offVariant].some(
    (field) => field !== null,
  );
}

function ancestry(state: State, environment: Environment): Environment[] {
  const parent = [...state.environments.values()].find((other) => other.id === environment.parentId);
  return parent ? [environment, ...ancestry(state, parent)] : [environment];
}
