import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { RequireRole } from '../access/permissions.js';
import { ChangesService } from '../audit/door/changes.service.js';
import type { Change } from '../audit/change/change.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import { byKey } from '@flagtree/engine';
import { AtQuery } from '../history/at.dto.js';
import { StateHistory } from '../history/state-history.js';
import { AdminController, ApiProblem, ApiWrite } from '../platform/http/management/admin-controller.js';
import { created, gone, ok, type Written } from '../platform/http/management/answer.js';
import { slicedPage } from '../platform/http/management/beginning.js';
import { type Page, pageOf } from '../platform/http/management/parameters/page.js';
import { runInSlices } from '../platform/run-in-slices.js';
import { CreateSegmentDto, SegmentDto, SegmentPageDto, SegmentsQuery, UpdateSegmentDto } from './segment.dto.js';
import { requireSegment, segmentView } from './segment-view.js';
import { SegmentsService } from './segments.service.js';

@AdminController('api/admin/segments', 'Segments')
export class SegmentsController {
  constructor(
    private readonly changes: ChangesService,
    private readonly history: StateHistory,
    private readonly segments: SegmentsService,
  ) {}

  /** Lists segments by key. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'segments.list' })
  @ApiOkResponse({ type: SegmentPageDto })
  async list(@Query() query: SegmentsQuery): Promise<Page<SegmentDto>> {
    const state = await this.history.at(query.at);
    const wanted = query.search?.toLowerCase() ?? '';
    const found = [...state.segments.values()]
      .filter(({ key, name }) => key.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted))
      .sort(byKey);
    const page = pageOf(found, ({ key }) => key, query);
    return runInSlices(
      slicedPage(
        page,
        ({ key }) => key,
        (segment) => segmentView(state, segment),
      ),
    );
  }

  /** Creates a segment: a named set of conditions for any rule to refer to. */
  @Post()
  @RequireRole('developer')
  @ApiOperation({ operationId: 'segments.create' })
  @ApiWrite({ status: 201, type: SegmentDto, edits: false })
  create(@Body() dto: CreateSegmentDto, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, {
      apply: (change) => this.segments.create(change, dto),
      answer: (change) => created(`/api/admin/segments/${dto.key}`, viewOf(change, dto.key)),
    });
  }

  /** Reads one segment. */
  @Get(':key')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'segments.get' })
  @ApiOkResponse({ type: SegmentDto })
  @ApiProblem(404, 'There is no such segment.')
  async get(@Param('key') key: string, @Query() query: AtQuery): Promise<SegmentDto> {
    const state = await this.history.at(query.at);
    return segmentView(state, requireSegment(state, key));
  }

  /** Edits a segment, and with it every rule that refers to it. */
  @Patch(':key')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'segments.update' })
  @ApiWrite({ status: 200, type: SegmentDto, edits: true })
  update(@Param('key') key: string, @Body() dto: UpdateSegmentDto, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, {
      apply: (change) => this.segments.update(change, key, dto),
      answer: (change) => ok(viewOf(change, key)),
    });
  }

  /** Deletes a segment that no rule refers to. */
  @Delete(':key')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'segments.delete' })
  @ApiWrite({ status: 204, edits: true })
  delete(@Param('key') key: string, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, {
      apply: (change) => this.segments.delete(change, key),
      answer: () => gone,
    });
  }
}

function viewOf({ state }: Change, key: string): SegmentDto {
  return segmentView(state, requireSegment(state, key));
}
