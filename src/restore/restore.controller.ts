import { Body, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { RequireRole } from '../access/permissions.js';
import { ChangesService } from '../audit/door/changes.service.js';
import type { Change } from '../audit/change/change.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import { effect, environmentNamed, type State } from '@flagtree/engine';
import { StateHistory } from '../history/state-history.js';
import { AdminController, ApiProblem, ApiWrite } from '../platform/http/management/admin-controller.js';
import { ApiKeep } from '../platform/http/management/parameters/keep.js';
import { ok, type Written } from '../platform/http/management/answer.js';
import { boundedEffect } from '../platform/http/management/bounded-effect.js';
import { Invalid } from '../platform/http/problems/problem.js';
import type { RestorePlan, RestoreScope } from './plan-restore.js';
import { LeftDto, RestorationDto, RestoredRowDto, RestoreRequestDto } from './restore.dto.js';
import { RestoreService } from './restore.service.js';

@AdminController('api/admin/restore', 'History')
export class RestoreController {
  constructor(
    private readonly changes: ChangesService,
    private readonly history: StateHistory,
    private readonly restores: RestoreService,
  ) {}

  /** Makes a flag, the overrides of an environment, or those of a subtree what they were at a revision or instant, as one new revision. */
  @Post()
  @RequireRole('developer')
  @ApiOperation({ operationId: 'history.restore' })
  @ApiKeep()
  @ApiWrite({ status: 200, type: RestorationDto, edits: false })
  @ApiProblem(404, 'There is no such flag or environment.')
  @ApiProblem(412, 'The flag changed meanwhile: `current` is what stands now.')
  async restore(@Body() request: RestoreRequestDto, @Write() write: WriteRequest): Promise<Written> {
    const asked = scopeOf(request);
    const past = await this.history.at(request.at);
    const scope = namedScope(asked, await this.history.at(undefined), past);
    const reason = write.reason ?? `Restored ${nameOf(scope)} to revision ${String(past.revision)}`;
    let plan: RestorePlan;
    return this.changes.change(
      { ...write, reason },
      {
        apply: async (change) => void (plan = await this.restores.restore(change, past, scope)),
        answer: (change) => ok(this.viewOf(change, past.revision, plan)),
      },
    );
  }

  private viewOf(change: Change, restoredTo: number, plan: RestorePlan): RestorationDto {
    return {
      revision: change.state.revision,
      restoredTo,
      changes: rowsOf(plan),
      left: plan.left satisfies LeftDto[],
      ...boundedEffect(effect(change.before, change.state), change.write.dryRun ? null : change.state.revision),
    };
  }
}

/** @throws {Invalid} */
function scopeOf({ flag, environment, subtree }: RestoreRequestDto): RestoreScope {
  const refuse = (pointer: string, code: string, detail: string) =>
    new Invalid('invalid-request', detail, [{ pointer, code, detail }]);
  if (environment !== undefined && subtree !== undefined) {
    throw refuse('/subtree', 'exclusive', 'Name an environment or a subtree, not both.');
  }
  if (flag === undefined && environment === undefined && subtree === undefined) {
    throw refuse('', 'required', 'Say what to restore: a flag, an environment or a subtree.');
  }
  const slug = environment ?? subtree;
  return { flag: flag ?? null, environment: slug === undefined ? null : { slug, subtree: subtree !== undefined } };
}

/** By the name of today; an environment that is gone by the name that it had then. */
function namedScope({ flag, environment }: RestoreScope, now: State, past: State): RestoreScope {
  if (environment === null) return { flag, environment };
  const found = environmentNamed(now, environment.slug) ?? environmentNamed(past, environment.slug);
  return { flag, environment: { ...environment, slug: found?.slug ?? environment.slug } };
}

function nameOf({ flag, environment }: RestoreScope): string {
  const where = environment && (environment.subtree ? `${environment.slug} and below` : environment.slug);
  if (flag === null) return `the overrides of ${String(where)}`;
  return where === null ? flag : `${flag} in ${where}`;
}

function rowsOf({ base, overrides }: RestorePlan): RestoredRowDto[] {
  const rows = overrides.map(({ environment, flag, current, values }) => ({
    environment: environment.slug,
    flag,
    action: values === null ? 'deleted' : current ? 'updated' : 'created',
  }));
  if (!base) return rows;
  return [{ environment: null, flag: base.flag.key, action: baseAction(base) }, ...rows];
}

function baseAction({ flag, current }: NonNullable<RestorePlan['base']>): string {
  if (!current) return 'created';
  if (current.archivedAt !== null && flag.archivedAt === null) return 'restored';
  return current.archivedAt === null && flag.archivedAt !== null ? 'archived' : 'updated';
}
