import { Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireRole } from '../access/permissions.js';
import { StateStore } from '../audit/state-store.js';
import { diff, type Difference, type State } from '../engine/index.js';
import type { Flag } from '../engine/types.js';
import { requireEnvironment } from '../environments/environment-view.js';
import { SourceDto } from '../flags/flag.dto.js';
import { matcherOf } from '../flags/select-flags.js';
import { CONFIG, type Config } from '../platform/config/config.js';
import { AdminController, ApiProblem } from '../platform/http/admin-controller.js';
import { CompareQuery, ComparisonDto } from './compare.dto.js';
import { comparisonText } from './comparison-text.js';

@AdminController('api/admin/compare', 'Promotion')
export class CompareController {
  constructor(
    private readonly store: StateStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Compares two environments field by field; as text for `Accept: text/plain`. The order is stable: fit for a gate in CI. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'compare.get' })
  @ApiExtraModels(ComparisonDto, SourceDto)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ComparisonDto) } },
      'text/plain': { schema: { type: 'string' } },
    },
  })
  @ApiProblem(404, 'There is no such environment.')
  async compare(@Query() query: CompareQuery, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    void reply.header('vary', 'Accept, Authorization, X-API-Key');
    const comparison = this.comparison(await this.store.current(), query);
    if (!wantsText(request.headers.accept)) return comparison;
    void reply.type('text/plain; charset=utf-8');
    return comparisonText(comparison);
  }

  private comparison(state: State, query: CompareQuery): ComparisonDto {
    const [from, to] = [requireEnvironment(state, query.from), requireEnvironment(state, query.to)];
    const flags = new Map([...state.flags].filter(([, flag]) => isWanted(flag, query)));
    const selected = { ...state, flags };
    const found = diff({ state: selected, environment: from }, { state: selected, environment: to }, this.config.environment);
    const differences = query.onlyOverrides === 'true' ? found.filter(isOverridden) : found;
    return {
      from: from.slug,
      to: to.slug,
      revision: state.revision,
      identical: differences.length === 0,
      summary: differences.length === 0 ? 'no differences' : `${String(differences.length)} differences`,
      flags: flags.size,
      differences,
    };
  }
}

function isWanted({ key, tags, owner, archivedAt }: Flag, query: CompareQuery): boolean {
  if (archivedAt !== null) return false;
  if (query.tag !== undefined && !tags.includes(query.tag)) return false;
  if (query.owner !== undefined && owner !== query.owner) return false;
  return query.key === undefined || matcherOf(query.key.split(','))(key);
}

function isOverridden({ from, to }: Difference): boolean {
  return [from.state, to.state].some((state) => state !== null && state !== 'inherited');
}

/** Text only for who prefers it: browsers and clients that take anything get JSON. */
function wantsText(accept = ''): boolean {
  const types = accept.split(',').map((type) => type.split(';')[0]?.trim());
  return types.includes('text/plain') && !types.includes('application/json');
}
