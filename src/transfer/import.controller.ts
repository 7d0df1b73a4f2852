import { Body, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiHeader, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireRole } from '../access/permissions.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import type { NotExpressed } from '@flagtree/engine/flagd';
import { FlagdImports } from '../flagd/flagd-imports.service.js';
import { JobDto } from '../jobs/job.dto.js';
import { AdminController, ApiProblem, ApiWrite } from '../platform/http/management/admin-controller.js';
import { Written } from '../platform/http/management/answer.js';
import { LargeBody } from '../platform/http/json/large-body.js';
import { Invalid } from '../platform/http/problems/problem.js';
import { AcceptsQuery } from '../platform/http/management/query-parameters.js';
import { switchOf } from '../platform/http/management/query-switch.js';
import { ImportQuery, ImportResultDto } from './transfer.dto.js';
import { TransferService } from './transfer.service.js';

@AdminController('api/admin/import', 'Transfer')
export class ImportController {
  constructor(
    private readonly transfer: TransferService,
    private readonly flagd: FlagdImports,
  ) {}

  /** Imports states as one revision, or nothing; what is so already is left alone. */
  @Post()
  @LargeBody()
  @RequireRole('developer')
  @ApiOperation({ operationId: 'import.run' })
  @ApiExtraModels(JobDto)
  @ApiBody({
    description: 'A document as an export gives it; its schema is at /api/admin/export/schema. At most FLAGTREE_IMPORT_LIMIT.',
    schema: { type: 'object', additionalProperties: true },
    examples: {
      one: {
        summary: 'One flag',
        value: {
          format: 'flagtree-states',
          version: 1,
          flags: [{ key: 'new-checkout', variants: [{ key: 'on', value: true }] }],
        },
      },
    },
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key and request within 24 hours get the same answer, and one effect.',
  })
  @ApiWrite({ status: 200, type: ImportResultDto, edits: false })
  @ApiResponse({
    status: 202,
    description: 'With async: the job that does it; `Location` names it.',
    content: { 'application/json': { schema: { $ref: getSchemaPath(JobDto) } } },
  })
  @ApiProblem(404, 'Something that the document names does not exist.')
  @HttpCode(200)
  @AcceptsQuery('format', 'env', 'mode', 'force', 'async')
  async import(
    @Body() document: unknown,
    @Query() query: ImportQuery,
    @Write() write: WriteRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written | JobDto> {
    const options = { mode: query.mode ?? 'merge', force: switchOf(query.force, 'force'), now: new Date() };
    if (query.format === 'flagd' && options.mode === 'replace') {
      throw new Invalid('invalid-request', 'flagd definitions are merged: they do not say what else there may be.', [
        { pointer: '?mode', code: 'not-applicable', detail: 'Leave it out.' },
      ]);
    }
    const flagd = query.format === 'flagd' ? await this.flagd.states(document, query.env) : undefined;
    const states = flagd?.states ?? document;
    if (!switchOf(query.async, 'async')) {
      const written = await this.transfer.import(write, states, options);
      return flagd ? withNotKept(written, flagd.notKept) : written;
    }
    const job = await this.transfer.importLater(write, states, options);
    void reply.status(202).header('location', `/api/admin/jobs/${job.id}`);
    return job;
  }
}

function withNotKept({ answer, revision, effect, outcome }: Written, notKept: readonly NotExpressed[]): Written {
  return new Written({ ...answer, body: { ...answer.body, notKept } }, revision, effect, outcome);
}
