import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/permissions.js';
import { RefusalLimit } from '../access/limits/refusal-limit.js';
import { StreamTickets } from '../access/stream-tickets.js';
import { StateStore } from '../audit/follow/state-store.js';
import { DatabaseClock } from '../platform/database/database-clock.js';
import { carryForPublicToken } from '../platform/http/every-answer.js';
import { Unauthorized } from '../platform/http/problems/problem.js';
import { admittedEnvironment } from '../resolver/environment/admitted-environment.js';
import { lastEventIdOf } from './what-a-reader-has.js';
import { ApiOfrepStream } from './stream.openapi.js';
import { StreamsService } from './streams.service.js';

@Controller('ofrep/v1')
@ApiTags('OFREP')
export class OfrepStreamController {
  constructor(
    private readonly limit: RefusalLimit,
    private readonly tickets: StreamTickets,
    private readonly store: StateStore,
    private readonly streams: StreamsService,
    private readonly clock: DatabaseClock,
  ) {}

  /** The event stream that a bulk answer names: tells when to evaluate again. */
  @Get('stream')
  // The ticket in the URL stands for the token: browsers cannot send headers here.
  @Public()
  @ApiOfrepStream()
  async stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller, environment } = this.limit.watch(request, () => this.tickets.redeem(ticketIn(request), this.clock.ms()));
    if (caller.isPublic) carryForPublicToken(request, reply);
    void reply.header('x-resolved-environment', environment);
    admittedEnvironment(this.store.state, environment, caller, 'named by the ticket');
    await this.streams.start({ caller, environment, format: 'ofrep', lastEventId: lastEventIdOf(request), etags: [], reply });
  }
}

/** @throws {Unauthorized} */
function ticketIn({ query }: FastifyRequest): string {
  const { ticket } = query as Record<string, unknown>;
  if (typeof ticket === 'string') return ticket;
  throw new Unauthorized(
    'ticket-missing',
    'Open the event stream that a bulk answer names in `eventStreams`: its URL holds a ticket.',
  );
}
