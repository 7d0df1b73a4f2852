import { Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { RequireRole } from '../access/permissions.js';
import { AdminController, ApiProblem } from '../platform/http/management/admin-controller.js';
import { PageQuery } from '../platform/http/management/parameters/page.dto.js';
import { Invalid, Unauthorized } from '../platform/http/problems/problem.js';
import { JobDto, JobPageDto } from './job.dto.js';
import { JobsService } from './jobs.service.js';

@AdminController('api/admin/jobs', 'Transfer')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  /** Lists the jobs that this token asked for, newest first; for an admin all. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'jobs.list' })
  @ApiOkResponse({ type: JobPageDto })
  async list(@Query() { limit, cursor }: PageQuery, @Req() request: FastifyRequest): Promise<JobPageDto> {
    if (cursor !== undefined && !/^[0-9a-f-]{36}$/.test(cursor)) {
      throw new Invalid('invalid-request', 'The cursor is none of this list.', [
        { pointer: '?cursor', code: 'invalid-cursor', detail: 'Take nextCursor of the page before.' },
      ]);
    }
    const items = await this.jobs.list(callerOf(request), limit + 1, cursor ?? null);
    const page = items.slice(0, limit);
    return { items: page, nextCursor: items.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  /** Reads a job: how far it is, and what came of it. */
  @Get(':id')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'jobs.get' })
  @ApiOkResponse({ type: JobDto })
  @ApiProblem(404, 'There is no such job of this token.')
  get(@Param('id') id: string, @Req() request: FastifyRequest): Promise<JobDto> {
    return this.jobs.get(callerOf(request), id);
  }

  /** Asks a job to stop. It stops at its next step and has then changed nothing. */
  @Post(':id/cancel')
  @HttpCode(200)
  @RequireRole('developer')
  @ApiOperation({ operationId: 'jobs.cancel' })
  @ApiOkResponse({ type: JobDto })
  @ApiProblem(404, 'There is no such job of this token.')
  @ApiProblem(409, 'It is over already.')
  cancel(@Param('id') id: string, @Req() request: FastifyRequest): Promise<JobDto> {
    return this.jobs.cancel(callerOf(request), id);
  }
}

function callerOf({ caller }: FastifyRequest): Caller {
  if (caller) return caller;
  throw new Unauthorized('token-missing', 'Jobs belong to tokens: send one.');
}
