import { Body, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { RequireRole } from '../access/permissions.js';
import { ChangesService } from '../audit/door/changes.service.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import { AdminController, ApiProblem, ApiWrite } from '../platform/http/management/admin-controller.js';
import { created, gone, ok, type Written } from '../platform/http/management/answer.js';
import { PageQuery } from '../platform/http/management/parameters/page.dto.js';
import { type Page, pageOf } from '../platform/http/management/parameters/page.js';
import { Invalid } from '../platform/http/problems/problem.js';
import { PIPELINE_NAME, PipelineDto, PipelinePageDto, PutPipelineDto } from './pipeline.dto.js';
import { PipelinesService } from './pipelines.service.js';

@AdminController('api/admin/pipelines', 'Promotion')
export class PipelinesController {
  constructor(
    private readonly changes: ChangesService,
    private readonly pipelines: PipelinesService,
  ) {}

  /** Lists pipelines by name. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'pipelines.list' })
  @ApiOkResponse({ type: PipelinePageDto })
  async list(@Query() query: PageQuery): Promise<Page<PipelineDto>> {
    return pageOf(await this.pipelines.all(), ({ name }) => name, query);
  }

  /** Reads one pipeline. */
  @Get(':name')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'pipelines.get' })
  @ApiOkResponse({ type: PipelineDto })
  @ApiProblem(404, 'There is no such pipeline.')
  get(@Param('name') name: string): Promise<PipelineDto> {
    return this.pipelines.require(name);
  }

  /** Makes the pipeline exactly this: environments in order, and what must hold before a flag enters each. */
  @Put(':name')
  @RequireRole('promoter')
  @ApiOperation({ operationId: 'pipelines.put' })
  @ApiWrite({ status: 200, type: PipelineDto, edits: true })
  @ApiResponse({ status: 201, description: 'There was no pipeline of this name.', type: PipelineDto })
  put(@Param('name') name: string, @Body() dto: PutPipelineDto, @Write() write: WriteRequest): Promise<Written> {
    assertName(name);
    let existed = false;
    let view: PipelineDto | undefined;
    return this.changes.change(write, {
      apply: async (change) => {
        existed = await this.pipelines.put(change, name, dto);
        view = await this.pipelines.require(name, change.manager);
      },
      answer: () => (existed ? ok(view as PipelineDto) : created(`/api/admin/pipelines/${name}`, view as PipelineDto)),
    });
  }

  /** Deletes a pipeline, and with it the gates that it set up. */
  @Delete(':name')
  @RequireRole('promoter')
  @ApiOperation({ operationId: 'pipelines.delete' })
  @ApiWrite({ status: 204, edits: true })
  delete(@Param('name') name: string, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, { apply: (change) => this.pipelines.delete(change, name), answer: () => gone });
  }
}

function assertName(name: string): void {
  if (PIPELINE_NAME.test(name)) return;
  const detail = 'The name of a pipeline is 1–63 of a–z, 0–9, "-", "_", and starts with a letter or digit.';
  throw new Invalid('invalid-request', detail, [{ pointer: '/name', code: 'matches', detail }]);
}
