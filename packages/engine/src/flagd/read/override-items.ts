import { clip } from '../../json/values.js';
import { inheritanceChain, resolveFlag } from '../../resolve/resolve.js';
import { environmentBySlug, flagByKey } from '../../state/chain.js';
import type { State } from '../../state/state.js';
import type { Defect, Environment, EnvironmentFlag, Flag, FlagFields, JsonObject } from '../../types.js';
import type { NotExpressed } from '../flagd-document.js';
import type { FlagdDefinition, PartialDefinition } from './check-flagd.js';
import { rulesOf } from './flag-items.js';
import { variantsOf } from './own-defects.js';

/** All that a definition says, as the override of an environment. */
export function overrideItem(definition: FlagdDefinition, state: State, environment: string): JsonObject {
  const { key: flag, enabled, defaultVariant } = definition;
  const existing = rowOf(state, environment, flag);
  return {
    ...{ environment, flag, enabled, percentage: 100, rulesMode: 'replace' },
    ...{ rules: rulesOf(definition) as never, variants: variantsOf(definition) as never },
    ...(defaultVariant !== null && { defaultVariant }),
    ...(existing && { reason: existing.reason }),
  };
}

/** Only what differs: the rest of the override stays as it is. A new expression decides alone, so that no percentage comes before it. */
export function partialItem(definition: PartialDefinition, state: State, slug: string): { item?: JsonObject; defects: Defect[] } {
  const { key, pointer, enabled, defaultVariant, targeting } = definition;
  const [flag, environment] = [flagByKey(state, key), environmentBySlug(state, slug)];
  if (!flag || !environment) {
    const detail = `There is no flag "${clip(key)}" here, and this says only what differs: import the flag itself first, without env.`;
    return { defects: [{ pointer, code: 'flag-not-found', detail }] };
  }
  const resolved = resolveFlag(state, environment, flag).fields;
  if (defaultVariant !== undefined && !resolved.variants.value.some((variant) => variant.key === defaultVariant)) {
    const detail = `The flag has the variants ${resolved.variants.value.map((variant) => clip(variant.key)).join(', ')}, not "${clip(defaultVariant)}".`;
    return { defects: [{ pointer: `${pointer}/defaultVariant`, code: 'unknown-variant', detail }] };
  }
  const row = rowOf(state, slug, key);
  const { rulesMode = 'replace', rules = null, percentage = null, variants = null, offVariant = null, reason = null } = row ?? {};
  const kept = {
    enabled: row?.enabled ?? null,
    defaultVariant: row?.defaultVariant ?? null,
    rulesMode,
    rules,
    percentage,
    variants,
    offVariant,
    reason,
  };
  const item = {
    ...{ environment: slug, flag: key, ...kept },
    ...(enabled !== undefined && { enabled }),
    ...(defaultVariant !== undefined && { defaultVariant }),
    ...(targeting && {
      rules: rulesOf({ targeting }),
      rulesMode: 'replace',
      ...(resolved.percentage.value !== 100 && { percentage: 100 }),
    }),
  };
  return { item: item as unknown as JsonObject, defects: [] };
}

/** An override can only set what it has; null in it means inherit. */
export function overrideDefects(
  { key, pointer, type, defaultVariant, variants }: FlagdDefinition,
  flag: Flag,
  state: State,
  slug: string,
): Defect[] {
  const defects: Defect[] = [];
  const add = (member: string, code: string, detail: string) => defects.push({ pointer: `${pointer}/${member}`, code, detail });
  if (flag.type !== type) add('variants', 'wrong-type', `The flag "${key}" is of type ${flag.type}, and a type never changes.`);
  const above = inherited(flag, state, slug);
  if (!above) return defects;
  if (defaultVariant === null && above.defaultVariant !== null)
    add(
      'defaultVariant',
      'not-expressible',
      `An environment cannot take away the default variant "${above.defaultVariant}" that it inherits: name one, or import into the flags themselves.`,
    );
  if (above.offVariant !== null && !Object.hasOwn(variants, above.offVariant))
    add(
      'variants',
      'unknown-variant',
      `The environment inherits the off variant "${above.offVariant}", which is not among them.`,
    );
  return defects;
}

export function overridesLeft(
  { key, enabled, variants }: FlagdDefinition,
  flag: Flag,
  state: State,
  slug: string,
): NotExpressed[] {
  const off = inherited(flag, state, slug)?.offVariant ?? null;
  return [
    ...(off !== null && !enabled && Object.hasOwn(variants, off)
      ? [{ flag: key, detail: `it is disabled, and serves the off variant "${off}" that the environment inherits` }]
      : []),
    ...(flag.prerequisites.length > 0 ? [{ flag: key, detail: 'its prerequisites stay' }] : []),
  ];
}

/** What the environment inherits from above. */
function inherited(flag: Flag, state: State, slug: string): Pick<FlagFields, 'defaultVariant' | 'offVariant'> | undefined {
  const environment: Environment | undefined = environmentBySlug(state, slug);
  if (!environment) return undefined;
  const [, parent] = inheritanceChain(state, environment);
  if (!parent) return flag;
  const { defaultVariant, offVariant } = resolveFlag(state, parent, flag).fields;
  return { defaultVariant: defaultVariant.value, offVariant: offVariant.value };
}

function rowOf(state: State, slug: string, key: string): EnvironmentFlag | undefined {
  const [environment, flag] = [environmentBySlug(state, slug), flagByKey(state, key)];
  return environment && flag && state.overrides.get(flag.id)?.get(environment.id);
}
