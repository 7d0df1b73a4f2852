import { Body, Delete, Get, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { State } from '@flagtree/engine';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { RequireRole } from '../access/permissions.js';
import { TokenRegistry } from '../access/identity/token-registry.js';
import { ChangesService } from '../audit/door/changes.service.js';
import { StateStore } from '../audit/follow/state-store.js';
import { Write, type WriteRequest } from '../audit/change/write-request.js';
import { AdminController, ApiProblem, ApiWrite } from '../platform/http/management/admin-controller.js';
import { created, gone, type Written } from '../platform/http/management/answer.js';
import { PageQuery } from '../platform/http/management/parameters/page.dto.js';
import { type Page, pageOf } from '../platform/http/management/parameters/page.js';
import { CreateTokenDto, NewTokenDto, TokenDto, TokenPageDto } from './token.dto.js';
import { lastUses } from './token-usage.js';
import { tokenView } from './token-view.js';
import { assertManagesTokens, type IssuedToken, TokensService } from './tokens.service.js';

@AdminController('api/admin/tokens', 'Tokens')
export class TokensController {
  constructor(
    private readonly changes: ChangesService,
    private readonly store: StateStore,
    private readonly registry: TokenRegistry,
    private readonly tokens: TokensService,
    private readonly dataSource: DataSource,
  ) {}

  /** Lists tokens, revoked ones included, without their secrets. */
  @Get()
  @RequireRole('admin')
  @ApiOperation({ operationId: 'tokens.list' })
  @ApiOkResponse({ type: TokenPageDto })
  async list(@Query() query: PageQuery, @Req() { caller }: FastifyRequest): Promise<Page<TokenDto>> {
    assertManagesTokens(caller);
    const state = await this.store.current();
    const tokens = this.registry.list().map(({ token }) => token);
    const page = pageOf(
      tokens.sort((a, b) => (a.publicId < b.publicId ? -1 : 1)),
      ({ publicId }) => publicId,
      query,
    );
    const used = await lastUses(this.dataSource.manager);
    return { ...page, items: page.items.map((token) => tokenView(token, state, used.get(token.id) ?? null)) };
  }

  /** Creates a token and shows it, this once. */
  @Post()
  @RequireRole('admin')
  @ApiOperation({ operationId: 'tokens.create' })
  @ApiWrite({ status: 201, type: NewTokenDto, edits: false })
  create(@Body() dto: CreateTokenDto, @Write() write: WriteRequest): Promise<Written> {
    let issued: IssuedToken;
    return this.changes.change(write, {
      apply: async (change) => {
        issued = await this.tokens.create(change, dto);
      },
      answer: ({ state }) => answerOf(issued, state),
    });
  }

  /** Reads one token by its public id. */
  @Get(':id')
  @RequireRole('admin')
  @ApiOperation({ operationId: 'tokens.get' })
  @ApiOkResponse({ type: TokenDto })
  @ApiProblem(404, 'There is no such token.')
  async get(@Param('id') id: string, @Req() { caller }: FastifyRequest): Promise<TokenDto> {
    assertManagesTokens(caller);
    const state = await this.store.current();
    const { token } = this.tokens.require(id);
    return tokenView(token, state, (await lastUses(this.dataSource.manager)).get(token.id) ?? null);
  }

  /** Gives the token a new secret; the old one stops working at once. */
  @Post(':id/rotate')
  @RequireRole('admin')
  @ApiOperation({ operationId: 'tokens.rotate' })
  @ApiWrite({ status: 201, type: NewTokenDto, edits: true })
  rotate(@Param('id') id: string, @Write() write: WriteRequest): Promise<Written> {
    let issued: IssuedToken;
    return this.changes.change(write, {
      apply: async (change) => {
        issued = await this.tokens.rotate(change, id);
      },
      answer: ({ state }) => answerOf(issued, state),
    });
  }

  /** Revokes the token: it is refused from now on. */
  @Delete(':id')
  @RequireRole('admin')
  @ApiOperation({ operationId: 'tokens.revoke' })
  @ApiWrite({ status: 204, edits: true })
  revoke(@Param('id') id: string, @Write() write: WriteRequest): Promise<Written> {
    return this.changes.change(write, {
      apply: (change) => this.tokens.revoke(change, id),
      answer: () => gone,
    });
  }
}

function answerOf({ token, text }: IssuedToken, state: State) {
  return { ...created(`/api/admin/tokens/${token.publicId}`, tokenView(token, state, null)), once: { token: text } };
}
