import { Get, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HeavyRead } from '../access/limits/heavy-reads.js';
import { RequireRole } from '../access/permissions.js';
import { SourceDto } from '../flags/flag-in-environment.dto.js';
import { AdminController, ApiProblem } from '../platform/http/management/admin-controller.js';
import { CompareQuery, ComparisonDto } from './compare.dto.js';
import { CompareService } from './compare.service.js';
import { comparisonText } from './comparison-text.js';

@AdminController('api/admin/compare', 'Promotion')
export class CompareController {
  constructor(private readonly comparisons: CompareService) {}

  /**
   * Compares two environments, or one at two moments, field by field; as text for `Accept: text/plain`. The order is stable: fit for a
   * gate in CI.
   */
  @Get()
  @RequireRole('viewer')
  @HeavyRead()
  @ApiOperation({ operationId: 'compare.get' })
  @ApiExtraModels(ComparisonDto, SourceDto)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ComparisonDto) } },
      'text/plain': { schema: { type: 'string' } },
    },
  })
  @ApiProblem(404, 'There is, or was at that moment, no such environment.')
  async compare(@Query() query: CompareQuery, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    void reply.header('vary', 'Accept, Authorization, X-API-Key, Cookie');
    const comparison = await this.comparisons.compare(query);
    if (!wantsText(request.headers.accept)) return comparison;
    void reply.type('text/plain; charset=utf-8');
    return comparisonText(comparison);
  }
}

/** Text only for who prefers it: browsers and clients that take anything get JSON. */
function wantsText(accept = ''): boolean {
  const types = accept.split(',').map((type) => type.split(';')[0]?.trim());
  return types.includes('text/plain') && !types.includes('application/json');
}
