import { Body, Delete, Get, Param, Patch, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { HeavyRead } from '../access/limits/heavy-reads.js';
import { RequireRole } from '../access/permissions.js';
import { ChangesService } from '../audit/door/changes.service.js';
import type { Change } from '../audit/change/change.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import { byKey, type EnvironmentFlag, type Flag, type State } from '@flagtree/engine';
import { requireFlag } from '../flags/flag-view.js';
import { AtQuery, PageAtQuery } from '../history/at.dto.js';
import { StateHistory } from '../history/state-history.js';
import { AdminController, ApiProblem, ApiWrite } from '../platform/http/management/admin-controller.js';
import { slicedPage } from '../platform/http/management/beginning.js';
import { ApiKeep } from '../platform/http/management/parameters/keep.js';
import { created, gone, ok, type Written } from '../platform/http/management/answer.js';
import { type Page, pageOf } from '../platform/http/management/parameters/page.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { EnvironmentResolver } from '../resolver/resolver.service.js';
import { EnvironmentFlagDto, EnvironmentFlagPageDto, OverrideEditDto } from './environment-flag.dto.js';
import { environmentFlagView, noOverride, overrideOf } from './environment-flag-view.js';
import { EnvironmentFlagsService, type OverrideAddress } from './environment-flags.service.js';

@AdminController('api/admin/environments/:slug/feature-flags', 'Overrides')
export class EnvironmentFlagsController {
  constructor(
    private readonly changes: ChangesService,
    private readonly history: StateHistory,
    private readonly overrides: EnvironmentFlagsService,
    private readonly resolver: EnvironmentResolver,
  ) {}

  /** Lists what this environment itself overrides, by flag key. */
  @Get()
  @RequireRole('viewer')
  @HeavyRead()
  @ApiOperation({ operationId: 'environmentFlags.list' })
  @ApiOkResponse({ type: EnvironmentFlagPageDto })
  @ApiProblem(404, 'There is no such environment.')
  async list(@Param('slug') slug: string, @Query() query: PageAtQuery): Promise<Page<EnvironmentFlagDto>> {
    const state = await this.history.at(query.at);
    const environment = this.resolver.getEnvironment(slug, state);
    const found = [...state.flags.values()]
      .map((flag) => ({ flag, override: overrideOf(state, environment, flag) }))
      .filter((row): row is { flag: Flag; override: EnvironmentFlag } => row.override !== null)
      .sort((a, b) => byKey(a.flag, b.flag));
    const page = pageOf(found, ({ flag }) => flag.key, query);
    const view = ({ flag, override }: (typeof found)[number]) => environmentFlagView(state, environment, flag, override);
    return runInSlices(slicedPage(page, ({ flag }) => flag.key, view));
  }

  /** Reads one override; 404 where the environment inherits the whole flag. */
  @Get(':key')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'environmentFlags.get' })
  @ApiOkResponse({ type: EnvironmentFlagDto })
  @ApiProblem(404, 'There is no such environment, flag or override.')
  async get(@Param('slug') environment: string, @Param('key') key: string, @Query() query: AtQuery): Promise<EnvironmentFlagDto> {
    return this.viewAt(await this.history.at(query.at), { environment, key });
  }

  /** Makes the override exactly this: what is absent inherits. */
  @Put(':key')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'environmentFlags.put' })
  @ApiKeep()
  @ApiWrite({ status: 200, type: EnvironmentFlagDto, edits: true })
  @ApiResponse({ status: 201, description: 'The environment did not override the flag before.', type: EnvironmentFlagDto })
  put(
    @Param('slug') environment: string,
    @Param('key') key: string,
    @Body() { keep: _keep, ...dto }: OverrideEditDto,
    @Write() write: WriteRequest,
  ): Promise<Written> {
    const place = { environment, key };
    return this.changes.change(write, {
      apply: (change) => this.overrides.put(change, place, dto),
      answer: (change) => this.answerAt(change, place),
    });
  }

  /** Edits the override, or makes one: null inherits, what is absent stays. */
  @Patch(':key')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'environmentFlags.update' })
  @ApiKeep()
  @ApiWrite({ status: 200, type: EnvironmentFlagDto, edits: true })
  @ApiResponse({ status: 201, description: 'The environment did not override the flag before.', type: EnvironmentFlagDto })
  update(
    @Param('slug') environment: string,
    @Param('key') key: string,
    @Body() { keep: _keep, ...dto }: OverrideEditDto,
    @Write() write: WriteRequest,
  ): Promise<Written> {
    const place = { environment, key };
    return this.changes.change(write, {
      apply: (change) => this.overrides.update(change, place, dto),
      answer: (change) => this.answerAt(change, place),
    });
  }

  /** Removes the override: the environment inherits the whole flag again. */
  @Delete(':key')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'environmentFlags.delete' })
  @ApiKeep()
  @ApiWrite({ status: 204, edits: true })
  delete(@Param('slug') environment: string, @Param('key') key: string, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, {
      apply: (change) => this.overrides.delete(change, { environment, key }),
      answer: () => gone,
    });
  }

  private viewAt(state: State, { environment: name, key }: OverrideAddress): EnvironmentFlagDto {
    const environment = this.resolver.getEnvironment(name, state);
    const flag = requireFlag(state, key);
    const override = overrideOf(state, environment, flag);
    if (override) return environmentFlagView(state, environment, flag, override);
    throw noOverride(environment, flag, this.resolver.getEffectiveEnvironmentFlag(flag, environment.slug, state));
  }

  private answerAt({ before, state }: Change, place: OverrideAddress) {
    const view = this.viewAt(state, place);
    const environment = this.resolver.getEnvironment(place.environment, state);
    const existed = overrideOf(before, environment, requireFlag(state, place.key)) !== null;
    return existed ? ok(view) : created(`/api/admin/environments/${view.environment}/feature-flags/${place.key}`, view);
  }
}
