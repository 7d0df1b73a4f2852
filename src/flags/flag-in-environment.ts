import {
  CircularEnvironmentInheritanceError,
  type Environment,
  type EnvironmentFlag,
  type Flag,
  nearestOverride,
  resolveFlag,
  type ResolvedFlag,
  type State,
} from '@flagtree/engine';
import type { FlagDto } from './flag.dto.js';
import type {
  EffectiveOverrideDto,
  FlagBaseDto,
  FlagColumnDto,
  FlagEnvironmentDto,
  FlagFieldsDto,
  OverrideRowDto,
  ResolvedDto,
} from './flag-in-environment.dto.js';
import { flagView } from './flag-view.js';

/** The flag as it is in one environment: the fields that hold there, what is overridden, the base, and each field's provenance. */
export function flagIn(state: State, flag: Flag, environment: Environment): FlagDto {
  const there = resolveFlag(state, environment, flag);
  return { ...listed(state, there, environment), resolved: resolvedView(there) };
}

/** The same as an item of a list: without provenance. */
export function flagListedIn(state: State, flag: Flag, environment: Environment): FlagDto {
  return listed(state, resolveFlag(state, environment, flag), environment);
}

/** The flag's row of the matrix: the base, and what holds in each environment. */
export function flagAcross(state: State, flag: Flag, environments: readonly Environment[]): FlagDto {
  const columns = environments.map((environment): [string, FlagColumnDto] => {
    const there = resolveFlag(state, environment, flag);
    return [environment.slug, { ...valuesOf(there), resolved: resolvedView(there) }];
  });
  return { ...flagView(state, flag), environments: Object.fromEntries(columns) };
}

/** The flag's column of the matrix: one environment of it, which may lie on a cycle of the tree. */
export function flagEnvironment(state: State, flag: Flag, environment: Environment): FlagEnvironmentDto {
  const { slug } = environment;
  try {
    const there = resolveFlag(state, environment, flag);
    return {
      environment: slug,
      ...valuesOf(there),
      resolved: resolvedView(there),
      ...overridesOf(state, flag, environment),
    };
  } catch (error) {
    if (!(error instanceof CircularEnvironmentInheritanceError)) throw error;
    const override = ownOverride(state, flag, environment);
    return { environment: slug, override, error: { code: 'environment-cycle', detail: error.message } };
  }
}

export function baseView(flag: Flag): FlagBaseDto {
  const { enabled, percentage, rules, variants, defaultVariant, offVariant, version } = flag;
  return { enabled, percentage, rules, variants, defaultVariant, offVariant, version };
}

/** An override as it is stored, wherever it is shown. */
export function overrideRow(override: EnvironmentFlag): OverrideRowDto {
  const { id, environmentId: _environmentId, flagId: _flagId, version, ...shown } = override;
  return { ...shown, version, id };
}

function listed(state: State, there: ResolvedFlag, environment: Environment): FlagDto {
  const { flag } = there;
  return {
    ...flagView(state, flag),
    ...valuesOf(there),
    environment: environment.slug,
    ...overridesOf(state, flag, environment),
    base: baseView(flag),
  };
}

function overridesOf(state: State, flag: Flag, environment: Environment) {
  const nearest = nearestOverride(state, environment, flag);
  const effectiveOverride: EffectiveOverrideDto | null = nearest && {
    environment: nearest.environment.slug,
    ...overrideRow(nearest.override),
  };
  return { override: ownOverride(state, flag, environment), effectiveOverride };
}

function ownOverride(state: State, flag: Flag, environment: Environment): OverrideRowDto | null {
  const own = state.overrides.get(flag.id)?.get(environment.id);
  return own ? overrideRow(own) : null;
}

function valuesOf({ fields }: ResolvedFlag): FlagFieldsDto {
  return {
    enabled: fields.enabled.value,
    percentage: fields.percentage.value,
    rules: fields.rules.value,
    variants: fields.variants.value,
    defaultVariant: fields.defaultVariant.value,
    offVariant: fields.offVariant.value,
  };
}

function resolvedView({ fields, ruleSources }: ResolvedFlag): ResolvedDto {
  const resolved = { ...fields, rules: { ...fields.rules, sources: [...ruleSources] } };
  return resolved as unknown as ResolvedDto;
}
