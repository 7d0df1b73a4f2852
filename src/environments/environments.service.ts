import { Injectable } from '@nestjs/common';
import type { Change } from '../audit/change/change.js';
import {
  chainOf,
  childrenOf,
  type Defect,
  descendantsOf,
  type Environment,
  environmentNamed,
  type EnvironmentSettings,
  type JsonObject,
  mergeSettings,
  type State,
  validateSettings,
} from '@flagtree/engine';
import { Conflict, Invalid, Unprocessable } from '../platform/http/problems/problem.js';
import { EnvironmentEntity } from './environment.entity.js';
import type { CreateEnvironmentDto, RestoreEnvironmentDto, UpdateEnvironmentDto } from './environment.dto.js';
import { environmentView, requireEnvironment } from './environment-view.js';
import { type Restored, restoreEnvironment } from './restore-environment.js';

@Injectable()
export class EnvironmentsService {
  async create(change: Change, dto: CreateEnvironmentDto): Promise<void> {
    const { state } = change;
    assertNew(change, dto.slug);
    assertFree(state, { id: null, slug: dto.slug }, dto.aliases);
    const parent = parentNamed(state, parentIn(dto) ?? null);
    await change.manager.insert(EnvironmentEntity, {
      slug: dto.slug,
      aliases: dto.aliases ?? [],
      name: dto.name ?? dto.slug,
      description: dto.description ?? null,
      url: dto.url ?? null,
      parentId: parent?.id ?? null,
      settings: dto.settings ?? {},
      isActive: dto.isActive ?? true,
      expiresAt: dto.expiresAt ?? null,
    });
    await change.sync();
  }

  /** `force`: move it to another parent though that can alter what it and its descendants give. */
  async update(change: Change, name: string, dto: UpdateEnvironmentDto, force: boolean): Promise<Environment> {
    const { state } = change;
    const environment = requireEnvironment(state, name);
    change.assertUnchanged(environmentView(state, environment));
    const { reason: _reason, parent: _parent, parentId: _parentId, parent_id: _parent_id, settings, ...edit } = dto;
    const parentName = parentIn(dto);
    const parent = parentName === undefined ? parentOf(state, environment) : parentNamed(state, parentName);
    assertFree(state, environment, dto.aliases);
    if (parent?.id !== parentOf(state, environment)?.id) assertMayMove(state, environment, parent, force);
    const columns = {
      ...edit,
      ...(parentName !== undefined && { parentId: parent?.id ?? null }),
      ...(settings !== undefined && { settings: merged(environment, settings) }),
    };
    if (Object.keys(columns).length > 0) await change.manager.update(EnvironmentEntity, { id: environment.id }, columns);
    await change.sync();
    return environment;
  }

  /** `force`: delete its overrides too, and hang its children under its parent. */
  async delete(change: Change, name: string, force: boolean): Promise<void> {
    const { state } = change;
    const environment = requireEnvironment(state, name);
    change.assertUnchanged(environmentView(state, environment));
    assertUnused(state, environment, force, 'delete it, its overrides with it, and hang its children under its parent');
    for (const child of childrenOf(state, environment)) {
      await change.manager.update(EnvironmentEntity, { id: child.id }, { parentId: environment.parentId });
    }
    await change.manager.delete(EnvironmentEntity, { id: environment.id });
    await change.sync();
  }

  /** Brings a deleted environment back with its overrides. `force`: and hang its former children under it again. */
  restore(change: Change, name: string, dto: RestoreEnvironmentDto, force: boolean): Promise<Restored> {
    const parent = dto.parent === undefined ? undefined : parentNamed(change.state, dto.parent);
    return restoreEnvironment(change, name, { parent, children: force });
  }
}

function parentOf(state: State, { parentId }: Environment): Environment | null {
  return parentId === null ? null : (state.environments.get(parentId) ?? null);
}

function parentNamed(state: State, name: string | null): Environment | null {
  if (name === null) return null;
  const parent = environmentNamed(state, name);
  if (parent) return parent;
  throw new Unprocessable('parent-not-found', `There is no environment "${name}" to inherit from.`, [
    { pointer: '/parent', code: 'environment-not-found', detail: `Create "${name}" first, or name another parent.` },
  ]);
}

/** `parent`, under whichever of its names it was given. @throws {Invalid} */
function parentIn({ parent, parentId, parent_id }: UpdateEnvironmentDto): string | null | undefined {
  const given = Object.entries({ parent, parentId, parent_id }).filter(([, name]) => name !== undefined);
  const [first, second] = given;
  if (!second) return first?.[1];
  const detail = `"${second[0]}" says the same as "${String(first?.[0])}": send one of them.`;
  throw new Invalid('invalid-request', detail, [{ pointer: `/${second[0]}`, code: 'exclusive', detail }]);
}

function assertNew(change: Change, slug: string): void {
  const holder = environmentNamed(change.state, slug);
  if (!holder) {
    change.assertNoneSeen();
    return;
  }
  change.assertUnchanged(environmentView(change.state, holder));
  const what = holder.slug === slug ? `an environment "${slug}"` : `an environment "${holder.slug}" with the alias "${slug}"`;
  throw new Conflict('environment-exists', `There is ${what} already: take another slug, or PATCH that one.`);
}

/** No name is of two environments. @throws {Conflict} */
function assertFree(state: State, { id, slug }: { id: string | null; slug: string }, aliases: readonly string[] = []): void {
  const taken = aliases.flatMap((alias, index): Defect[] => {
    const holder = environmentNamed(state, alias);
    if (alias !== slug && (!holder || holder.id === id)) return [];
    const detail =
      alias === slug || holder?.id === id
        ? `"${alias}" is the slug of this environment already.`
        : `"${alias}" is ${holder?.slug === alias ? 'an environment' : `an alias of "${String(holder?.slug)}"`} already.`;
    return [{ pointer: `/aliases/${String(index)}`, code: 'name-taken', detail }];
  });
  const [first] = taken;
  if (first)
    throw new Conflict('name-taken', `${first.detail} Each name is of one environment: take another one.`, { errors: taken });
}

/** Each key of the edit alone; together they may be more than there is room for. */
function merged({ settings }: Environment, edit: JsonObject): EnvironmentSettings {
  const wanted = mergeSettings(settings, edit);
  const defects = validateSettings(wanted).map((defect) => ({ ...defect, pointer: `/settings${defect.pointer}` }));
  if (defects.length === 0) return wanted;
  throw new Invalid('invalid-request', 'The settings that this would make are not valid: see errors.', defects);
}

function assertMayMove(state: State, environment: Environment, parent: Environment | null, force: boolean): void {
  const { slug } = environment;
  if (parent && (parent.id === environment.id || descendantsOf(state, environment).includes(parent))) {
    const chain = chainOf(state, parent).map((link) => link.slug);
    const visited = chain.slice(0, chain.indexOf(slug) + 1);
    throw new Conflict(
      'environment-cycle',
      parent.id === environment.id
        ? `"${slug}" cannot inherit from itself: name another parent, or null for a root.`
        : `"${slug}" cannot inherit from "${parent.slug}", which inherits from it (${visited.join(' → ')}): move one of those first.`,
      { environmentSlug: slug, visitedChain: visited },
    );
  }
  assertUnused(state, environment, force, 'move it');
}

function assertUnused(state: State, environment: Environment, force: boolean, todo: string): void {
  if (force) return;
  const children = childrenOf(state, environment).map(({ slug }) => slug);
  const overrides = [...state.overrides.values()].filter((rows) => rows.has(environment.id)).length;
  if (children.length === 0 && overrides === 0) return;
  const holds = [
    children.length > 0 ? `the children ${children.join(', ')}` : '',
    overrides > 0 ? `${String(overrides)} ${overrides === 1 ? 'override' : 'overrides'}` : '',
  ];
  throw new Conflict(
    'environment-in-use',
    `"${environment.slug}" has ${holds.filter(Boolean).join(' and ')}, so this can alter what they give: see what with ?dryRun=true&force=true, then ?force=true to ${todo}.`,
    { children, overrides },
  );
}
