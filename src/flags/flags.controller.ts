import { Body, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiQuery } from '@nestjs/swagger';
import { HeavyRead } from '../access/limits/heavy-reads.js';
import { RequireRole } from '../access/permissions.js';
import { ChangesService } from '../audit/door/changes.service.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import type { Flag, State } from '@flagtree/engine';
import { StateHistory } from '../history/state-history.js';
import { AdminController, ApiProblem, ApiWrite } from '../platform/http/management/admin-controller.js';
import { created, gone, ok, type Written } from '../platform/http/management/answer.js';
import { slicedPage } from '../platform/http/management/beginning.js';
import { Force } from '../platform/http/management/parameters/force.js';
import { type Page, pageOf } from '../platform/http/management/parameters/page.js';
import { Invalid } from '../platform/http/problems/problem.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { EnvironmentResolver } from '../resolver/resolver.service.js';
import { CreateFlagDto, FlagDto, FlagPageDto, FlagQuery, FlagsQuery } from './flag.dto.js';
import { flagAcross, flagIn, flagListedIn } from './flag-in-environment.js';
import { FlagColumnDto } from './flag-in-environment.dto.js';
import { flagView, requireFlag } from './flag-view.js';
import { FlagsService } from './flags.service.js';
import { foundFlags } from './found-flags.js';

@AdminController('api/admin/feature-flags', 'Flags')
export class FlagsController {
  constructor(
    private readonly changes: ChangesService,
    private readonly history: StateHistory,
    private readonly flags: FlagsService,
    private readonly resolver: EnvironmentResolver,
  ) {}

  /** Lists flags by key; with `env` as they are there, with `envs` as a matrix. */
  @Get()
  @RequireRole('viewer')
  @HeavyRead()
  @ApiOperation({ operationId: 'flags.list' })
  @ApiExtraModels(FlagColumnDto)
  @ApiOkResponse({ type: FlagPageDto })
  @ApiProblem(404, 'An environment in `env` or `envs` does not exist.')
  async list(@Query() query: FlagsQuery): Promise<Page<FlagDto>> {
    const state = await this.history.at(query.at);
    const view = this.listed(state, query);
    const page = pageOf(foundFlags(state, query), ({ key }) => key, query);
    return runInSlices(slicedPage(page, ({ key }) => key, view));
  }

  /** Creates a flag. It is off unless the request says otherwise. */
  @Post()
  @RequireRole('developer')
  @ApiOperation({ operationId: 'flags.create' })
  @ApiQuery({
    name: 'force',
    required: false,
    type: Boolean,
    description: 'Take the key of an archived flag, which is deleted with its overrides.',
  })
  @ApiWrite({ status: 201, type: FlagDto, edits: false })
  create(@Body() dto: CreateFlagDto, @Force() force: boolean, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, {
      apply: (change) => this.flags.create(change, dto, force),
      answer: ({ state }) => created(`/api/admin/feature-flags/${dto.key}`, flagView(state, requireFlag(state, dto.key))),
    });
  }

  /** Reads a flag; with `env` as it is there, and where each field comes from. */
  @Get(':key')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'flags.get' })
  @ApiOkResponse({ type: FlagDto })
  @ApiProblem(404, 'There is no such flag or environment.')
  async get(@Param('key') key: string, @Query() query: FlagQuery): Promise<FlagDto> {
    const state = await this.history.at(query.at);
    const flag = requireFlag(state, key);
    if (query.env === undefined) return flagView(state, flag);
    return flagIn(state, flag, this.resolver.getEnvironment(query.env, state));
  }

  /** Archives a flag: it is no longer evaluated, and its key stays taken. It keeps its overrides, for `restore`. */
  @Delete(':key')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'flags.archive' })
  @ApiWrite({ status: 204, edits: true })
  archive(@Param('key') key: string, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, {
      apply: (change) => this.flags.archive(change, key),
      answer: () => gone,
    });
  }

  /** Puts an archived flag back into use, with the overrides that it had. */
  @Post(':key/restore')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'flags.restore' })
  @ApiWrite({ status: 200, type: FlagDto, edits: true })
  restore(@Param('key') key: string, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, {
      apply: (change) => this.flags.restore(change, key),
      answer: ({ state }) => ok(flagView(state, requireFlag(state, key))),
    });
  }

  private listed(state: State, { env, envs }: FlagsQuery): (flag: Flag) => FlagDto {
    if (env !== undefined && envs !== undefined) {
      throw new Invalid('invalid-request', 'Ask with env or with envs, not both.', [
        { pointer: '?envs', code: 'exclusive', detail: 'Leave out env.' },
      ]);
    }
    if (envs !== undefined) {
      const environments = envs.map((name) => this.resolver.getEnvironment(name, state));
      return (flag) => flagAcross(state, flag, environments);
    }
    if (env === undefined) return (flag) => flagView(state, flag);
    const environment = this.resolver.getEnvironment(env, state);
    return (flag) => flagListedIn(state, flag, environment);
  }
}
