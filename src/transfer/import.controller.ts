import { Body, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireRole } from '../access/permissions.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import { FlagdImports } from '../flagd/flagd-imports.service.js';
import { JobDto } from '../jobs/job.dto.js';
import { DatabaseClock } from '../platform/database/database-clock.js';
import { AdminController, ApiProblem, ApiWrite } from '../platform/http/management/admin-controller.js';
import { Written } from '../platform/http/management/answer.js';
import { LargeBody } from '../platform/http/json/large-body.js';
import { Invalid } from '../platform/http/problems/problem.js';
import { AcceptsQuery } from '../platform/http/management/parameters/query-parameters.js';
import { switchOf } from '../platform/http/management/parameters/query-switch.js';
import type { ImportSource } from './document/import-source.js';
import { ImportQuery, ImportResultDto } from './transfer.dto.js';
import { TransferService } from './transfer.service.js';

@AdminController('api/admin/import', 'Transfer')
export class ImportController {
  constructor(
    private readonly transfer: TransferService,
    private readonly flagd: FlagdImports,
    private readonly clock: DatabaseClock,
  ) {}

  /** Imports states as one revision, or nothing; what is so already is left alone. */
  @Post()
  @LargeBody()
  @RequireRole('developer')
  @ApiOperation({ operationId: 'import.run' })
  @ApiConsumes('application/json', 'application/yaml')
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
  @ApiWrite({ status: 200, type: ImportResultDto, edits: false })
  @ApiResponse({
    status: 202,
    description: 'With async: the job that does it; `Location` names it.',
    content: { 'application/json': { schema: { $ref: getSchemaPath(JobDto) } } },
  })
  @ApiProblem(404, 'Something that the document names does not exist.')
  @HttpCode(200)
  @AcceptsQuery('format', 'env', 'mode', 'force', 'async', 'lenient')
  async import(
    @Body() document: unknown,
    @Query() query: ImportQuery,
    @Write() write: WriteRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written | JobDto> {
    const options = { mode: query.mode ?? 'merge', force: switchOf(query.force, 'force'), now: this.clock.now() };
    if (query.format === 'flagd' && options.mode === 'replace') {
      throw new Invalid('invalid-request', 'flagd definitions are merged: they do not say what else there may be.', [
        { pointer: '?mode', code: 'not-applicable', detail: 'Leave it out.' },
      ]);
    }
    const source = query.format === 'flagd' ? this.flagdSource(document, query) : await this.transfer.documentOf(document);
    if (!switchOf(query.async, 'async')) return this.transfer.import(write, source, options);
    const job = await this.transfer.importLater(write, source, options);
    void reply.status(202).header('location', `/api/admin/jobs/${job.id}`);
    return job;
  }

  private flagdSource(document: unknown, { env, lenient }: ImportQuery): ImportSource {
    const options = { environment: env, lenient: lenient === undefined ? undefined : switchOf(lenient, 'lenient') };
    return this.transfer.madeBy((state) => {
      const { states, unchanged, notKept, rewritten, pointerOf } = this.flagd.read(document, state, options);
      return { states, unchanged, pointerOf, said: { notKept, rewritten } };
    });
  }
}
