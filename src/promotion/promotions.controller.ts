import { Body, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { RequireRole } from '../access/permissions.js';
import { StateStore } from '../audit/follow/state-store.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import { selectFlags, selectionDefects, slugNamed, type State } from '@flagtree/engine';
import { requireFlagInUse } from '../flags/flag-view.js';
import { AdminController, ApiProblem } from '../platform/http/management/admin-controller.js';
import type { Written } from '../platform/http/management/answer.js';
import { NUMBER, type Page, pageRead } from '../platform/http/management/parameters/page.js';
import { Invalid, NotFound, Unprocessable } from '../platform/http/problems/problem.js';
import { ApiPromotion } from './record/api-promotion.js';
import { PromotionDto, PromotionPageDto } from './record/promotion.dto.js';
import { PromoteDto, PromoteManyDto, PromotionsQuery, RevertDto } from './request/promotion-request.dto.js';
import { storedView } from './record/promotion-view.js';
import { promotionById, type PromotionRow, promotionRows } from './record/promotions.queries.js';
import { requestOf } from './request/promotion-request.js';
import { PromotionsService } from './promotions.service.js';
import { RevertsService } from './reverts.service.js';

@AdminController('api/admin/feature-flags/:key/promote', 'Promotion')
export class PromoteFlagController {
  constructor(private readonly promotions: PromotionsService) {}

  /** Promotes a flag from one environment to another, or to several: planned first, and all or nothing. */
  @Post()
  @RequireRole('developer')
  @ApiOperation({ operationId: 'flags.promote' })
  @ApiPromotion()
  promote(@Param('key') key: string, @Body() dto: PromoteDto, @Write() write: WriteRequest): Promise<PromotionDto | Written> {
    const requestAt = (state: State) => requestOf(state, dto, { flags: [requireFlagInUse(state, key).key], namesOneFlag: true });
    return write.dryRun ? this.promotions.plan(write, requestAt) : this.promotions.promote(write, requestAt);
  }
}

@AdminController('api/admin/promotions', 'Promotion')
export class PromotionsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: StateStore,
    private readonly promotions: PromotionsService,
    private readonly reverts: RevertsService,
  ) {}

  /** Promotes many flags, by key, pattern or tag: one transaction and one revision, or nothing. */
  @Post()
  @RequireRole('developer')
  @ApiOperation({ operationId: 'promotions.create' })
  @ApiPromotion()
  create(@Body() dto: PromoteManyDto, @Write() write: WriteRequest): Promise<PromotionDto | Written> {
    const namesOneFlag = dto.tags === undefined && dto.flags?.length === 1 && dto.flags.every((name) => !name.includes('*'));
    const requestAt = (state: State) => requestOf(state, dto, { flags: chosen(state, dto), namesOneFlag });
    return write.dryRun ? this.promotions.plan(write, requestAt) : this.promotions.promote(write, requestAt);
  }

  /** Lists what was promoted and taken back, newest first. */
  @Get()
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'promotions.list' })
  @ApiOkResponse({ type: PromotionPageDto })
  async list(@Query() query: PromotionsQuery): Promise<Page<PromotionDto>> {
    const { environment, ...filter } = query;
    const slug = environment === undefined ? undefined : slugNamed(await this.store.current(), environment);
    const { items, nextCursor } = await pageRead(
      query,
      { key: NUMBER, of: ({ revision }: PromotionRow) => revision },
      (before, limit) => promotionRows(this.dataSource.manager, { ...filter, environment: slug }, before, limit),
    );
    return { items: items.map(storedView), nextCursor };
  }

  /** Reads one promotion. */
  @Get(':id')
  @RequireRole('viewer')
  @ApiOperation({ operationId: 'promotions.get' })
  @ApiOkResponse({ type: PromotionDto })
  @ApiProblem(404, 'There is no such promotion.')
  async get(@Param('id') id: string): Promise<PromotionDto> {
    const row = await promotionById(this.dataSource.manager, id);
    if (row) return storedView(row);
    throw new NotFound('promotion-not-found', `There is no promotion "${id}": see GET /api/admin/promotions.`);
  }

  /** Takes back exactly what a promotion did, as a new revision. */
  @Post(':id/revert')
  @RequireRole('developer')
  @ApiOperation({ operationId: 'promotions.revert' })
  @ApiPromotion()
  revert(@Param('id') id: string, @Body() dto: RevertDto, @Write() write: WriteRequest): Promise<PromotionDto | Written> {
    return write.dryRun ? this.reverts.plan(write, id, dto) : this.reverts.revert(write, id, dto);
  }
}

function chosen(state: State, { flags, tags }: PromoteManyDto): string[] {
  if (flags === undefined && tags === undefined) {
    const detail = 'Say which flags: "flags" (keys, or patterns; "*" for all), "tags", or both.';
    throw new Invalid('invalid-request', detail, [{ pointer: '/flags', code: 'required', detail }]);
  }
  const selection = { ...(flags && { flags }), ...(tags && { tags }) };
  const unknown = selectionDefects(state, selection);
  if (unknown.length > 0) throw new Unprocessable('unknown-flag', 'Not all of these flags can be promoted: see errors.', unknown);
  return selectFlags(state, selection).map(({ key }) => key);
}
