import { resolveFlag, type ResolveOptions } from '../resolve/resolve.js';
import { chainOf, environmentBySlug, flagByKey } from '../state/chain.js';
import { FLAG_KEY } from '../state/names.js';
import type { State } from '../state/state.js';
import { validateVariants } from '../validate/validate-variants.js';
import type { Defect, Flag, JsonObject, Rule, Segment, Variant } from '../types.js';
import { type FlagdDefinition, type FlagdDefinitions, readFlagd } from './check-flagd.js';
import type { NotExpressed } from './flagd-document.js';

/** The sections of a document of states that make flags what flagd's definitions say. */
export interface ImportedStates {
  format: 'flagtree-states';
  version: 1;
  segments: JsonObject[];
  flags: JsonObject[];
  overrides?: JsonObject[];
}

export interface FlagdImport {
  states: ImportedStates;
  /** What the definitions say and flags cannot keep. */
  notKept: NotExpressed[];
  defects: Defect[];
}

/** Into the flags themselves, or, with `environment`, into their overrides there. What a definition says nothing of stays. */
export function importFlagd(
  document: unknown,
  state: State,
  environment: string | null,
  options: ResolveOptions = {},
): FlagdImport {
  const definitions = readFlagd(document);
  const defects = [...definitions.defects, ...ownDefects(definitions)];
  const notKept = definitions.flags.flatMap(metadataOf);
  const states: ImportedStates = { format: 'flagtree-states', version: 1, segments: segmentsOf(definitions, state), flags: [] };
  if (environment === null) states.flags = definitions.flags.map((flag) => flagOf(flag, state));
  else {
    states.flags = definitions.flags
      .filter(({ key }) => !flagByKey(state, key))
      .map((flag) => ({ ...flagOf(flag, state), enabled: false, rules: [] }));
    states.overrides = definitions.flags.map((flag) => overrideOf(flag, environment));
    for (const flag of definitions.flags) {
      const existing = flagByKey(state, flag.key);
      if (existing) compareWithBase(flag, existing, state, environment, options, { defects, notKept });
    }
  }
  return { states, notKept, defects };
}

/** What flagd allows and a flag here cannot have. */
function ownDefects({ flags, evaluators }: FlagdDefinitions): Defect[] {
  const key = (name: string, pointer: string): Defect[] =>
    FLAG_KEY.test(name)
      ? []
      : [
          {
            pointer,
            code: 'bad-key',
            detail: 'A key here is 1–255 of letters, digits, ".", "_", "-", and begins with a letter or digit.',
          },
        ];
  return [
    ...Object.keys(evaluators).flatMap((name) => key(name, `/$evaluators/${name.slice(0, 60)}`)),
    ...flags.flatMap((flag) => [
      ...key(flag.key, flag.pointer),
      ...validateVariants(variantsOf(flag), flag.type).map((defect) => ({ ...defect, pointer: `${flag.pointer}/variants` })),
      ...(flag.defaultVariant !== null && !Object.hasOwn(flag.variants, flag.defaultVariant)
        ? [
            {
              pointer: `${flag.pointer}/defaultVariant`,
              code: 'unknown-variant',
              detail: `The flag has no variant "${flag.defaultVariant.slice(0, 60)}".`,
            },
          ]
        : []),
    ]),
  ];
}

function segmentsOf({ evaluators }: FlagdDefinitions, { segments }: State): JsonObject[] {
  return Object.entries(evaluators).map(([key, jsonLogic]) => {
    const existing: Segment | undefined = segments.get(key);
    return { key, name: existing?.name ?? key, description: existing?.description ?? null, conditions: [{ jsonLogic }] };
  });
}

/** flagd has neither percentages nor prerequisites; what is disabled there has no value of its own. */
function flagOf(definition: FlagdDefinition, state: State): JsonObject {
  const { key, type, enabled, defaultVariant } = definition;
  const existing = flagByKey(state, key);
  const {
    name = key,
    description = null,
    salt = null,
    owner = null,
    tags = [],
    permanent = false,
    expiresAt = null,
  }: Partial<Flag> = existing ?? {};
  return {
    ...{
      key,
      name,
      description,
      type,
      enabled,
      percentage: 100,
      rules: rulesOf(definition) as never,
      variants: variantsOf(definition) as never,
    },
    ...{
      defaultVariant,
      offVariant: null,
      bucketing: 'flagd-v2',
      salt,
      prerequisites: [],
      owner,
      tags,
      permanent,
      expiresAt,
      archivedAt: null,
    },
  };
}

function overrideOf(definition: FlagdDefinition, environment: string): JsonObject {
  const { key: flag, enabled, defaultVariant } = definition;
  const [rules, variants] = [rulesOf(definition) as never, variantsOf(definition) as never];
  return {
    environment,
    flag,
    enabled,
    percentage: 100,
    rulesMode: 'replace',
    rules,
    variants,
    ...(defaultVariant !== null && { defaultVariant }),
  };
}

function rulesOf({ targeting }: FlagdDefinition): Rule[] {
  return Object.keys(targeting).length > 0 ? [{ id: 'targeting', targeting }] : [];
}

function variantsOf({ variants }: FlagdDefinition): Variant[] {
  return Object.entries(variants).map(([key, value]) => ({ key, value }));
}

/** An override can only set what it has; null in it means inherit. */
function compareWithBase(
  { key, pointer, type, enabled, defaultVariant, variants }: FlagdDefinition,
  flag: Flag,
  state: State,
  slug: string,
  options: ResolveOptions,
  { defects, notKept }: Pick<FlagdImport, 'defects' | 'notKept'>,
): void {
  if (flag.type !== type) {
    defects.push({
      pointer: `${pointer}/variants`,
      code: 'wrong-type',
      detail: `The flag "${key}" is of type ${flag.type}, and a type never changes.`,
    });
  }
  const environment = environmentBySlug(state, slug);
  if (!environment) return;
  const [, parent] = chainOf(state, environment);
  const above = parent && options.inheritance !== false ? resolveFlag(state, parent, flag, options).fields : undefined;
  const inheritedDefault = above ? above.defaultVariant.value : flag.defaultVariant;
  const off = above ? above.offVariant.value : flag.offVariant;
  if (defaultVariant === null && inheritedDefault !== null) {
    const detail = `An environment cannot take away the default variant "${inheritedDefault}" that it inherits: name one, or import into the flags themselves.`;
    defects.push({ pointer: `${pointer}/defaultVariant`, code: 'not-expressible', detail });
  }
  if (off !== null && !Object.hasOwn(variants, off)) {
    defects.push({
      pointer: `${pointer}/variants`,
      code: 'unknown-variant',
      detail: `The environment inherits the off variant "${off}", which is not among them.`,
    });
  } else if (off !== null && !enabled)
    notKept.push({ flag: key, detail: `it is disabled, and serves the off variant "${off}" that the environment inherits` });
  if (flag.prerequisites.length > 0) notKept.push({ flag: key, detail: 'its prerequisites stay' });
}

function metadataOf({ key, metadata }: FlagdDefinition): NotExpressed[] {
  const names = Object.keys(metadata);
  return names.length === 0 ? [] : [{ flag: key, detail: `its metadata: ${names.join(', ').slice(0, 200)}` }];
}
