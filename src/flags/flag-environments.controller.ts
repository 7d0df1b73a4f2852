import { Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { RequireRole } from '../access/permissions.js';
import { PageAtQuery } from '../history/at.dto.js';
import { StateHistory } from '../history/state-history.js';
import { AdminController, ApiProblem } from '../platform/http/management/admin-controller.js';
import { pageOf } from '../platform/http/management/parameters/page.js';
import { baseView, flagEnvironment } from './flag-in-environment.js';
import { FlagEnvironmentsDto } from './flag-in-environment.dto.js';
import { requireFlag } from './flag-view.js';

/** One flag, wherever it is. */
@AdminController('api/admin/feature-flags/:key/environments', 'Flags')
export class FlagEnvironmentsController {
  constructor(private readonly history: StateHistory) {}

  /** Reads a flag in every environment: what each one overrides, what holds there, and where that comes from. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'flags.environments' })
  @ApiOkResponse({ type: FlagEnvironmentsDto })
  @ApiProblem(404, 'There is no such flag.')
  async list(@Param('key') key: string, @Query() query: PageAtQuery): Promise<FlagEnvironmentsDto> {
    const state = await this.history.at(query.at);
    const flag = requireFlag(state, key);
    const environments = [...state.environments.values()].sort((a, b) => (a.slug < b.slug ? -1 : 1));
    const { items, nextCursor } = pageOf(environments, ({ slug }) => slug, query);
    return {
      key: flag.key,
      base: baseView(flag),
      items: items.map((environment) => flagEnvironment(state, flag, environment)),
      nextCursor,
      revision: state.revision,
    };
  }
}
