import { Injectable } from '@nestjs/common';
import type { Change } from '../audit/change/change.js';
import {
  chainOf,
  childrenOf,
  descendantsOf,
  effectiveSettings,
  type Environment,
  environmentBySlug,
  type EnvironmentSettings,
  type State,
} from '@flagtree/engine';
import { Conflict, Forbidden, Unprocessable } from '../platform/http/problems/problem.js';
import { EnvironmentEntity } from './environment.entity.js';
import type { CreateEnvironmentDto, RestoreEnvironmentDto, UpdateEnvironmentDto } from './environment.dto.js';
import { environmentView, requireEnvironment } from './environment-view.js';
import { type Restored, restoreEnvironment } from './restore-environment.js';

@Injectable()
export class EnvironmentsService {
  async create(change: Change, dto: CreateEnvironmentDto): Promise<void> {
    const { state } = change;
    if (environmentBySlug(state, dto.slug)) {
      throw new Conflict(
        'environment-exists',
        `There is an environment "${dto.slug}" already: take another slug, or PATCH that one.`,
      );
    }
    const parent = parentNamed(state, dto.parent ?? null);
    if (parent === null && !change.caller.has('admin')) {
      throw new Forbidden('role-too-low', 'A new root needs the role admin: name a parent, or ask an admin.');
    }
    assertMaySet(change, dto.settings, {}, parent);
    await change.manager.insert(EnvironmentEntity, {
      slug: dto.slug,
      name: dto.name ?? dto.slug,
      description: dto.description ?? null,
      parentId: parent?.id ?? null,
      settings: dto.settings ?? {},
      isActive: dto.isActive ?? true,
      expiresAt: dto.expiresAt ?? null,
    });
    await change.sync();
  }

  /** `force`: move it to another parent though that can alter what it and its descendants give. */
  async update(change: Change, slug: string, dto: UpdateEnvironmentDto, force: boolean): Promise<void> {
    const { state } = change;
    const environment = requireEnvironment(state, slug);
    change.assertUnchanged(environmentView(state, environment));
    const { reason: _reason, parent: parentSlug, ...edit } = dto;
    const parent = parentSlug === undefined ? parentOf(state, environment) : parentNamed(state, parentSlug);
    if (parent?.id !== parentOf(state, environment)?.id) assertMayMove(state, environment, parent, force);
    assertMaySet(change, dto.settings, environment.settings, parent);
    const columns = { ...edit, ...(parentSlug === undefined ? {} : { parentId: parent?.id ?? null }) };
    if (Object.keys(columns).length > 0) await change.manager.update(EnvironmentEntity, { id: environment.id }, columns);
    await change.sync();
  }

  /** `force`: delete its overrides too, and hang its children under its parent. */
  async delete(change: Change, slug: string, force: boolean): Promise<void> {
    const { state } = change;
    const environment = requireEnvironment(state, slug);
    change.assertUnchanged(environmentView(state, environment));
    assertUnused(state, environment, force, 'delete it, its overrides with it, and hang its children under its parent');
    for (const child of childrenOf(state, environment)) {
      await change.manager.update(EnvironmentEntity, { id: child.id }, { parentId: environment.parentId });
    }
    await change.manager.delete(EnvironmentEntity, { id: environment.id });
    await change.sync();
  }

  /** Brings a deleted environment back with its overrides. `force`: and hang its former children under it again. */
  restore(change: Change, slug: string, dto: RestoreEnvironmentDto, force: boolean): Promise<Restored> {
    const parent = dto.parent === undefined ? undefined : parentNamed(change.state, dto.parent);
    return restoreEnvironment(change, slug, { parent, children: force });
  }
}

function parentOf(state: State, { parentId }: Environment): Environment | null {
  return parentId === null ? null : (state.environments.get(parentId) ?? null);
}

function parentNamed(state: State, slug: string | null): Environment | null {
  if (slug === null) return null;
  const parent = environmentBySlug(state, slug);
  if (parent) return parent;
  throw new Unprocessable('parent-not-found', `There is no environment "${slug}" to inherit from.`, [
    { pointer: '/parent', code: 'environment-not-found', detail: `Create "${slug}" first, or name another parent.` },
  ]);
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

/** Settings come down the tree and can only be tightened by a child; what loosens or tightens is an admin's to say. */
function assertMaySet(
  change: Change,
  wanted: EnvironmentSettings | undefined,
  current: EnvironmentSettings,
  parent: Environment | null,
): void {
  if (wanted === undefined) return;
  const inherited: EnvironmentSettings = parent ? effectiveSettings(change.state, parent) : {};
  for (const setting of ['protected', 'require_approval'] as const) {
    if (wanted[setting] === false && inherited[setting] === true) {
      throw new Unprocessable(
        'cannot-loosen',
        `"${setting}" comes down from ${parent?.slug ?? 'the parent'} and cannot be loosened below it.`,
        [{ pointer: `/settings/${setting}`, code: 'cannot-loosen', detail: 'Leave it out, or loosen it where it is set.' }],
      );
    }
    if ((wanted[setting] ?? false) !== (current[setting] ?? false) && !change.caller.has('admin')) {
      throw new Forbidden('role-too-low', `Changing "${setting}" needs the role admin.`);
    }
  }
}
