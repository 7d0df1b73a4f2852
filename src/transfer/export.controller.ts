import { Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HeavyRead } from '../access/limits/heavy-reads.js';
import { RequireRole } from '../access/permissions.js';
import { FlagdExports } from '../flagd/flagd-exports.service.js';
import { AdminController, ApiProblem } from '../platform/http/management/admin-controller.js';
import { etagOfText, hasAlready } from '../platform/http/management/etag.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { Invalid } from '../platform/http/problems/problem.js';
import { slicedPrint } from '@flagtree/engine/states';
import { ExportQuery } from './transfer.dto.js';
import { TransferService } from './transfer.service.js';

const DOCUMENT = { type: 'object', additionalProperties: true } as const;

@AdminController('api/admin/export', 'Transfer')
export class ExportController {
  constructor(
    private readonly transfer: TransferService,
    private readonly flagd: FlagdExports,
  ) {}

  /** Exports states, or with format=flagd one environment as flagd evaluates it. States: a document without ids, revisions and times of writing, so that the same content gives the same bytes anywhere. */
  @Get()
  @RequireRole('viewer')
  @HeavyRead()
  @ApiOperation({ operationId: 'export.get' })
  @ApiOkResponse({
    description: 'The document; its schema is at /api/admin/export/schema.',
    content: { 'application/json': { schema: DOCUMENT } },
  })
  @ApiProblem(404, 'An environment of the selection does not exist.')
  @ApiProblem(422, 'A flag of the selection does not exist.')
  async export(
    @Query() query: ExportQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    if (query.format === 'flagd') return this.flagd.current(environmentOf(query), request, reply);
    const text = await runInSlices(slicedPrint(await this.transfer.export(query)));
    const etag = etagOfText(text);
    void reply.headers({
      etag,
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': 'attachment; filename="flagtree-states.json"',
    });
    return hasAlready(request, etag) ? void reply.status(304) : text;
  }

  /** The JSON Schema of exported documents, for editors and pipelines. */
  @Get('schema')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'export.schema' })
  @ApiOkResponse({ content: { 'application/json': { schema: DOCUMENT } } })
  schema(): object {
    return this.transfer.schema();
  }
}

function environmentOf({ env }: ExportQuery): string {
  if (env !== undefined) return env;
  throw new Invalid('invalid-request', 'flagd definitions are of one environment: name it.', [
    { pointer: '?env', code: 'required', detail: 'Add env=<slug>.' },
  ]);
}
