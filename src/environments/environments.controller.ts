import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiQuery } from '@nestjs/swagger';
import { RequireRole } from '../access/permissions.js';
import { ChangesService } from '../audit/door/changes.service.js';
import type { Change } from '../audit/change/change.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import { chainOf, childrenOf, type Environment } from '@flagtree/engine';
import { AtQuery, PageAtQuery } from '../history/at.dto.js';
import { StateHistory } from '../history/state-history.js';
import { AdminController, ApiProblem, ApiWrite } from '../platform/http/management/admin-controller.js';
import { created, gone, ok, type Written } from '../platform/http/management/answer.js';
import { type Page, pageOf } from '../platform/http/management/parameters/page.js';
import { Force } from '../platform/http/management/parameters/force.js';
import { ApiKeep } from '../platform/http/management/parameters/keep.js';
import {
  CreateEnvironmentDto,
  EnvironmentDto,
  EnvironmentPageDto,
  EnvironmentsQuery,
  RestoredEnvironmentDto,
  RestoreEnvironmentDto,
  UpdateEnvironmentDto,
} from './environment.dto.js';
import { environmentView, requireEnvironment } from './environment-view.js';
import { EnvironmentsService } from './environments.service.js';
import type { Restored } from './restore-environment.js';

@AdminController('api/admin/environments', 'Environments')
export class EnvironmentsController {
  constructor(
    private readonly changes: ChangesService,
    private readonly history: StateHistory,
    private readonly environments: EnvironmentsService,
  ) {}

  /** Lists environments by slug. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'environments.list' })
  @ApiOkResponse({ type: EnvironmentPageDto })
  async list(@Query() query: EnvironmentsQuery): Promise<Page<EnvironmentDto>> {
    const state = await this.history.at(query.at);
    const wanted = query.search?.toLowerCase() ?? '';
    const found = [...state.environments.values()]
      .filter(({ slug, aliases, name }) => [slug, ...aliases, name.toLowerCase()].some((text) => text.includes(wanted)))
      .sort((a, b) => (a.slug < b.slug ? -1 : 1));
    const page = pageOf(found, ({ slug }) => slug, query);
    return { ...page, items: page.items.map((environment) => environmentView(state, environment)) };
  }

  /** Creates an environment: one row, nothing is copied. */
  @Post()
  @RequireRole('developer')
  @ApiOperation({ operationId: 'environments.create' })
  @ApiWrite({ status: 201, type: EnvironmentDto, edits: false })
  create(@Body() dto: CreateEnvironmentDto, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, {
      apply: (change) => this.environments.create(change, dto),
      answer: (change) => created(`/api/admin/environments/${dto.slug}`, viewOf(change, dto.slug)),
    });
  }

  /** Reads one environment. */
  @Get(':slug')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'environments.get' })
  @ApiOkResponse({ type: EnvironmentDto })
  @ApiProblem(404, 'There is no such environment.')
  async get(@Param('slug') slug: string, @Query() query: AtQuery): Promise<EnvironmentDto> {
    const state = await this.history.at(query.at);
    return environmentView(state, requireEnvironment(state, slug));
  }

  /** Edits an environment; what is absent stays. */
  @Patch(':slug')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'environments.update' })
  @ApiQuery({
    name: 'force',
    required: false,
    type: Boolean,
    description: 'Move it to another parent though it has children or overrides.',
  })
  @ApiKeep({ force: false })
  @ApiWrite({ status: 200, type: EnvironmentDto, edits: true })
  update(
    @Param('slug') slug: string,
    @Body() dto: UpdateEnvironmentDto,
    @Force() force: boolean,
    @Write() write: WriteRequest,
  ): Promise<Written> {
    let edited: Environment;
    return this.changes.change(write, {
      apply: async (change) => void (edited = await this.environments.update(change, slug, dto, force)),
      answer: (change) => ok(viewOf(change, edited.slug)),
    });
  }

  /** Archives an environment: deletes one that has neither children nor overrides, or with `force` any. The audit log keeps it for `restore`. */
  @Delete(':slug')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'environments.delete' })
  @ApiQuery({
    name: 'force',
    required: false,
    type: Boolean,
    description: 'Delete its overrides too; its children go to its parent.',
  })
  @ApiKeep({ force: false })
  @ApiWrite({ status: 204, edits: true })
  delete(@Param('slug') slug: string, @Force() force: boolean, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, {
      apply: (change) => this.environments.delete(change, slug, force),
      answer: () => gone,
    });
  }

  /** Brings a deleted environment back, with the overrides that were deleted with it. */
  @Post(':slug/restore')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'environments.restore' })
  @ApiQuery({
    name: 'force',
    required: false,
    type: Boolean,
    description: 'Hang the children under it again that its deletion moved to its parent.',
  })
  @ApiBody({ type: RestoreEnvironmentDto, required: false })
  @ApiWrite({ status: 200, type: RestoredEnvironmentDto, edits: false })
  @ApiProblem(404, 'No environment of this name was deleted.')
  restore(
    @Param('slug') slug: string,
    @Body() dto: RestoreEnvironmentDto = {},
    @Force() force: boolean,
    @Write() write: WriteRequest,
  ): Promise<Written> {
    let restored: Restored;
    return this.changes.change(write, {
      apply: async (change) => void (restored = await this.environments.restore(change, slug, dto, force)),
      answer: (change) => ok(restoredView(viewOf(change, restored.slug), restored)),
    });
  }

  /** Lists the environment, its parent, …, its root: the order in which a field is looked up. */
  @Get(':slug/chain')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'environments.chain' })
  @ApiOkResponse({ type: EnvironmentPageDto })
  @ApiProblem(404, 'There is no such environment.')
  async chain(@Param('slug') slug: string, @Query() query: AtQuery): Promise<Page<EnvironmentDto>> {
    const state = await this.history.at(query.at);
    const chain = chainOf(state, requireEnvironment(state, slug));
    return { items: chain.map((environment) => environmentView(state, environment)), nextCursor: null };
  }

  /** Lists the environments that inherit directly from this one. */
  @Get(':slug/children')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'environments.children' })
  @ApiOkResponse({ type: EnvironmentPageDto })
  @ApiProblem(404, 'There is no such environment.')
  async children(@Param('slug') slug: string, @Query() query: PageAtQuery): Promise<Page<EnvironmentDto>> {
    const state = await this.history.at(query.at);
    const page = pageOf(childrenOf(state, requireEnvironment(state, slug)), (child) => child.slug, query);
    return { ...page, items: page.items.map((environment) => environmentView(state, environment)) };
  }
}

function viewOf({ state }: Change, slug: string): EnvironmentDto {
  return environmentView(state, requireEnvironment(state, slug));
}

function restoredView(
  environment: EnvironmentDto,
  { deletedAtRevision, overrides, children, leftOut, lostAliases }: Restored,
): RestoredEnvironmentDto {
  return { ...environment, deletedAtRevision, restoredOverrides: overrides, restoredChildren: children, leftOut, lostAliases };
}
