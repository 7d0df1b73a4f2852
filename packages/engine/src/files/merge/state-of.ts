import { toRow, valuesOf } from '../../resolve/overrides.js';
import { environmentNamed } from '../../state/chain.js';
import { buildState, type State } from '../../state/state.js';
import { FLAG_MEMBERS } from '../../states/item-checks.js';
import type { Environment, EnvironmentFlag, Flag } from '../../types.js';
import type { BaseFields, DeclaredOverride, Directory, OverrideFields } from '../words.js';

/** Environments that a directory without a tree of its own stands in: a server's. */
export type ServerTree = readonly Environment[];

/**
 * What the files make of a server that has nothing else, its ids being slugs and keys. Without a tree in the files or given each environment is a
 * root: base and its own files. What cannot be read is not there.
 */
export function stateOf(directory: Directory, tree?: ServerTree): State {
  const environments = environmentsOf(directory, tree);
  const bare = buildState({ revision: 1, environments, flags: [], overrides: [], segments: [] });
  const flags = new Map<string, Flag>();
  for (const { key, fields } of directory.flags.values()) if (fields.variants) flags.set(key, flagOf(key, fields));
  const overrides = directory.overrides.flatMap((declared): EnvironmentFlag[] => {
    const environment = environmentNamed(bare, declared.environment);
    return environment && flags.has(declared.flag) ? [rowOfOverride(declared, environment)] : [];
  });
  const segments = [...directory.segments.values()].map(({ place: _place, ...segment }) => ({
    id: segment.key,
    ...STAMPS,
    ...segment,
  }));
  return buildState({ revision: 1, environments, flags: flags.values(), overrides, segments });
}

const STAMPS = { createdAt: '', updatedAt: '', version: 1 };

function environmentsOf(directory: Directory, tree: ServerTree | undefined): Environment[] {
  const declared = directory.tree;
  if (declared)
    return declared.map(({ place: _place, parent, aliases = [], url = null, ...item }) => ({
      id: item.slug,
      ...STAMPS,
      ...item,
      aliases,
      url,
      parentId: parent,
    }));
  const known = [...(tree ?? [])];
  const names = new Set(known.flatMap(({ slug, aliases }) => [slug, ...aliases]));
  const roots = directory.environments
    .filter((name) => !names.has(name))
    .map((slug): Environment => ({
      ...{ id: slug, slug, aliases: [], name: slug, description: null, url: null, parentId: null, settings: {} },
      ...{ isActive: true, expiresAt: null, ...STAMPS },
    }));
  return [...known, ...roots];
}

/** A flag with all that its entry does not say as it is by default. */
export function flagOf(key: string, fields: BaseFields): Flag {
  const item: Record<string, unknown> = { id: key, key, ...STAMPS };
  for (const [name, { fallback }] of Object.entries(FLAG_MEMBERS)) {
    if (name === 'key') continue;
    item[name] =
      (fields as Record<string, unknown>)[name] ?? (typeof fallback === 'function' ? fallback({ key }) : (fallback ?? null));
  }
  return item as unknown as Flag;
}

function rowOfOverride({ flag, fields }: DeclaredOverride, environment: Environment): EnvironmentFlag {
  return toRow(contentOfFields(fields), undefined, environment.id, flag);
}

/** The fields as an override has them. */
export function contentOfFields({ rules, ...fields }: OverrideFields) {
  return valuesOf({ ...fields, ...(rules && { rules: rules.rules, rulesMode: rules.mode }) });
}
