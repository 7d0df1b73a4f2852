import { Body, Delete, Get, Header, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { UUID } from '@flagtree/engine';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/identity/caller.js';
import { RequestCaller } from '../access/identity/request-caller.js';
import { TokenRegistry } from '../access/identity/token-registry.js';
import { sha256Of } from '../access/identity/token-text.js';
import { RefusalLimit } from '../access/limits/refusal-limit.js';
import { Public, RequireRole } from '../access/permissions.js';
import { assertOwnPage } from '../access/sessions/own-page.js';
import { beginningOf, endOf } from '../access/sessions/session-cookie.js';
import { type Session, Sessions } from '../access/sessions/sessions.js';
import { StateStore } from '../audit/follow/state-store.js';
import { AdminController } from '../platform/http/management/admin-controller.js';
import { DatabaseClock } from '../platform/database/database-clock.js';
import { Forbidden, NotFound } from '../platform/http/problems/problem.js';
import { MeDto, SessionsDto, SignInDto } from './session.dto.js';

/**
 * What the panel signs in and out by: a token is shown once, and a cookie that no script can read stands for it from then on. It is for pages of
 * this server alone, and so no part of the documented API: programs send their token.
 */
@AdminController('auth', 'Sessions')
@ApiExcludeController()
export class SessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly tokens: TokenRegistry,
    private readonly limit: RefusalLimit,
    private readonly store: StateStore,
    private readonly clock: DatabaseClock,
  ) {}

  /** Exchanges an admin token for a session, whose cookie the answer sets. It has the token's rights, and ends with it. */
  @Post('sessions')
  @HttpCode(201)
  @Public()
  async create(
    @Body() { token }: SignInDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MeDto> {
    assertOwnPage(request);
    const caller = this.limit.watch(request, () => this.tokens.authenticate(sha256Of(token.trim()), this.clock.now()));
    if (caller.kind !== 'admin') {
      throw new Forbidden(
        'wrong-token-kind',
        `"${caller.token.name}" is a ${caller.kind} token, which only evaluates: sign in with an admin token.`,
      );
    }
    const { session, secret } = await this.sessions.begin(caller, request.headers['user-agent'] ?? null);
    void reply.header('set-cookie', beginningOf(request, secret));
    return this.meOf(caller, session);
  }

  /** Tells who is signed in. */
  @Get('me')
  @RequireRole('viewer')
  me(@RequestCaller() caller: Caller, @Req() { session }: FastifyRequest): MeDto {
    return this.meOf(caller, session ?? null);
  }

  /** Ends the session by which it is asked, and takes the cookie away. */
  @Post('logout')
  @HttpCode(204)
  @RequireRole('viewer')
  @Header('Clear-Site-Data', '"cache", "storage"')
  async logout(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const { session } = request;
    if (session) await this.sessions.end(session.id, session.tokenPublicId);
    void reply.header('set-cookie', endOf(request));
  }

  /** Lists the sessions that were begun with the same token and are in force. */
  @Get('sessions')
  @RequireRole('viewer')
  async list(@RequestCaller() { token }: Caller, @Req() { session: asking }: FastifyRequest): Promise<SessionsDto> {
    const found = await this.sessions.ofToken(token.publicId);
    return { items: found.map(({ tokenPublicId: _, ...session }) => ({ ...session, isThis: session.id === asking?.id })) };
  }

  /** Ends one of them. */
  @Delete('sessions/:id')
  @HttpCode(204)
  @RequireRole('viewer')
  async end(@Param('id') id: string, @RequestCaller() { token }: Caller): Promise<void> {
    if (UUID.test(id) && (await this.sessions.end(id, token.publicId))) return;
    throw new NotFound('session-not-found', 'Your token has no such session that is in force: see GET /auth/sessions.');
  }

  private meOf(caller: Caller, session: Session | null): MeDto {
    const { name, role, includeDescendants } = caller.token;
    return {
      name,
      role: role ?? 'viewer',
      environments: caller.scope(this.store.state),
      includeDescendants,
      expiresAt: session?.expiresAt ?? null,
    };
  }
}
