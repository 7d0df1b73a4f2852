import { Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Caller } from '../access/identity/caller.js';
import { RequireRole } from '../access/permissions.js';
import { RequestCaller } from '../access/identity/request-caller.js';
import { AdminController, ApiProblem } from '../platform/http/management/admin-controller.js';
import { pageRead } from '../platform/http/management/parameters/page.js';
import { PageQuery } from '../platform/http/management/parameters/page.dto.js';
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
  list(@Query() query: PageQuery, @RequestCaller() caller: Caller): Promise<JobPageDto> {
    return pageRead(query, { key: /^[0-9a-f-]{36}$/, of: ({ id }) => id }, (before, limit) =>
      this.jobs.list(caller, limit, before),
    );
  }

  /** Reads a job: how far it is, and what came of it. */
  @Get(':id')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'jobs.get' })
  @ApiOkResponse({ type: JobDto })
  @ApiProblem(404, 'There is no such job of this token.')
  get(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<JobDto> {
    return this.jobs.get(caller, id);
  }

  /** Asks a job to stop. It stops at its next step and has then changed nothing. */
  @Post(':id/cancel')
  @HttpCode(200)
  @RequireRole('developer')
  @ApiOperation({ operationId: 'jobs.cancel' })
  @ApiOkResponse({ type: JobDto })
  @ApiProblem(404, 'There is no such job of this token.')
  @ApiProblem(409, 'It is over already.')
  cancel(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<JobDto> {
    return this.jobs.cancel(caller, id);
  }
}
