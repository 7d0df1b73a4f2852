import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { Caller } from '../access/identity/caller.js';
import { HeavyRead } from '../access/limits/heavy-reads.js';
import { assertMaySee } from '../access/may-write.js';
import { RequireRole } from '../access/permissions.js';
import { RequestCaller } from '../access/identity/request-caller.js';
import { ChangesService } from '../audit/door/changes.service.js';
import { StateStore } from '../audit/follow/state-store.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import { requireEnvironment } from '../environments/environment-view.js';
import { requireFlag, requireFlagInUse } from '../flags/flag-view.js';
import { DatabaseClock } from '../platform/database/database-clock.js';
import { AdminController, ApiProblem, ApiWrite } from '../platform/http/management/admin-controller.js';
import { created, gone, ok, type Written } from '../platform/http/management/answer.js';
import { PageQuery } from '../platform/http/management/parameters/page.dto.js';
import { type Page, pageOf } from '../platform/http/management/parameters/page.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { Invalid } from '../platform/http/problems/problem.js';
import { AcceptsQuery } from '../platform/http/management/parameters/query-parameters.js';
import { CHECK_NAME, CheckDto, CheckPageDto, CheckRunsDto, PutCheckDto, RunQuery } from './check.dto.js';
import { ChecksService } from './checks.service.js';

@AdminController('api/admin/feature-flags/:key/checks', 'Checks')
export class ChecksController {
  constructor(
    private readonly changes: ChangesService,
    private readonly store: StateStore,
    private readonly checks: ChecksService,
    private readonly clock: DatabaseClock,
  ) {}

  /** Lists the checks of a flag, by name. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'checks.list' })
  @ApiOkResponse({ type: CheckPageDto })
  @ApiProblem(404, 'There is no such flag.')
  async list(@Param('key') key: string, @Query() query: PageQuery): Promise<Page<CheckDto>> {
    const flag = requireFlag(await this.store.current(), key);
    return pageOf(await this.checks.of([flag]), ({ name }) => name, query);
  }

  /** Saves a check: a context and the variant that the flag must serve it. A promotion after which it does not hold is refused. */
  @Put(':name')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'checks.put' })
  @ApiWrite({ status: 200, type: CheckDto, edits: true })
  @ApiResponse({ status: 201, description: 'There was no check of this name.', type: CheckDto })
  put(
    @Param('key') key: string,
    @Param('name') name: string,
    @Body() dto: PutCheckDto,
    @Write() write: WriteRequest,
  ): Promise<Written> {
    assertName(name);
    let existed = false;
    let view: CheckDto | undefined;
    return this.changes.change(write, {
      apply: async (change) => {
        existed = await this.checks.put(change, key, name, dto);
        const saved = await this.checks.of([requireFlag(change.state, key)], change.manager);
        view = saved.find((check) => check.name === name);
      },
      answer: () =>
        existed ? ok(view as CheckDto) : created(`/api/admin/feature-flags/${key}/checks/${name}`, view as CheckDto),
    });
  }

  /** Deletes a check. */
  @Delete(':name')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'checks.delete' })
  @ApiWrite({ status: 204, edits: true })
  delete(@Param('key') key: string, @Param('name') name: string, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, { apply: (change) => this.checks.delete(change, key, name), answer: () => gone });
  }

  /** Evaluates the checks of a flag as things are: in one environment, or in every active one that the token may see. */
  @Post('run')
  @HttpCode(200)
  @RequireRole('viewer')
  @HeavyRead()
  @AcceptsQuery('env')
  @ApiOperation({ operationId: 'checks.run' })
  @ApiOkResponse({ type: CheckRunsDto })
  @ApiProblem(404, 'There is no such flag or environment.')
  @ApiProblem(413, 'The body is too large.')
  @ApiProblem(415, 'The body is not JSON.')
  async run(@RequestCaller() caller: Caller, @Param('key') key: string, @Query() { env }: RunQuery): Promise<CheckRunsDto> {
    const state = await this.store.current();
    const flag = requireFlagInUse(state, key);
    const only = env === undefined ? null : requireEnvironment(state, env);
    if (only) assertMaySee(caller, state, only);
    const places = only ? [only] : this.checks.placesOf(state).filter((place) => caller.maySee(state, place));
    const checks = await this.checks.of([flag]);
    const outcomes = await runInSlices(this.checks.run(state, checks, places, this.clock.now()));
    const items = outcomes.map(({ environment, check, expected, after, branch, holds }) => {
      return { environment, check, holds: holds === true, expected: expected ?? null, ...after, branch };
    });
    return { flag: key, revision: state.revision, holds: items.every(({ holds }) => holds), items };
  }
}

function assertName(name: string): void {
  if (CHECK_NAME.test(name)) return;
  const detail = `The name of a check is 1–100 of letters, digits, ".", "_", "-", and starts with a letter or digit.`;
  throw new Invalid('invalid-request', detail, [{ pointer: '/name', code: 'matches', detail }]);
}
