import { Body, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Caller } from '../../access/identity/caller.js';
import { HeavyRead } from '../../access/limits/heavy-reads.js';
import { RequireRole } from '../../access/permissions.js';
import { RequestCaller } from '../../access/identity/request-caller.js';
import { StateStore } from '../../audit/follow/state-store.js';
import { explain, type Explanation, flagByKey } from '@flagtree/engine';
import { DatabaseClock } from '../../platform/database/database-clock.js';
import { AdminController, ApiProblem } from '../../platform/http/management/admin-controller.js';
import { NotFound } from '../../platform/http/problems/problem.js';
import { admittedEnvironment } from '../environment/admitted-environment.js';
import { ExplainRequestDto, ExplanationDto } from './explain.dto.js';
import { PastEnvironments } from '../environment/past-environments.service.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';

@AdminController('api/admin/feature-flags', 'Flags')
export class ExplainController {
  constructor(
    private readonly store: StateStore,
    private readonly snapshots: SnapshotsService,
    private readonly past: PastEnvironments,
    private readonly clock: DatabaseClock,
  ) {}

  /** Explains what a context gets from a flag in an environment: every step that leads to the value. */
  @Post(':key/explain')
  @HttpCode(200)
  @RequireRole('viewer')
  @HeavyRead()
  @ApiOperation({ operationId: 'flags.explain' })
  @ApiBody({ type: ExplainRequestDto })
  @ApiOkResponse({ type: ExplanationDto })
  @ApiProblem(404, 'There is no such flag or environment.')
  @ApiProblem(409, 'The environment is inactive.')
  @ApiProblem(413, 'The body is too large.')
  @ApiProblem(415, 'The body is not JSON.')
  async explain(
    @RequestCaller() caller: Caller,
    @Param('key') key: string,
    @Body() request: ExplainRequestDto,
  ): Promise<Explanation> {
    const { state, snapshot, instant } = await this.look(request, caller);
    if (!flagByKey(state, key))
      throw new NotFound('flag-not-found', `There is no flag "${key}": see GET /api/admin/feature-flags for those there are.`);
    return explain(state, snapshot, key, request.context, instant);
  }

  private async look({ environment: name, at }: ExplainRequestDto, caller: Caller) {
    if (at !== undefined) return this.past.at(at, name, caller, 'named by the body');
    const state = await this.store.current();
    const { slug } = admittedEnvironment(state, name, caller, 'named by the body');
    return { state, snapshot: this.snapshots.get(slug), instant: this.clock.now() };
  }
}
