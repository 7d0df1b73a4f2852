import { Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/identity/caller.js';
import { RequestCaller } from '../access/identity/request-caller.js';
import { EvaluationController, RequestEnvironment } from '../resolver/environment/environment.interceptor.js';
import type { ResolvedEnvironment } from '../resolver/environment/request-environments.service.js';
import { switchOf } from '../platform/http/management/parameters/query-switch.js';
import { etagsOf, lastEventIdOf } from './what-a-reader-has.js';
import { ApiStream } from './stream.openapi.js';
import { StreamsService } from './streams.service.js';

@EvaluationController('api/feature-flags')
export class StreamController {
  constructor(private readonly streams: StreamsService) {}

  /** Tells of every change of the flags of one environment, as server-sent events. */
  @Get('stream')
  @ApiStream()
  async stream(
    @Req() request: FastifyRequest,
    @RequestCaller() caller: Caller,
    @Res() reply: FastifyReply,
    @RequestEnvironment() { environment }: ResolvedEnvironment,
  ): Promise<void> {
    await this.streams.start({
      caller,
      environment: environment.slug,
      format: switchOf((request.query as { content?: unknown }).content, 'content') ? 'content' : 'native',
      lastEventId: lastEventIdOf(request),
      etags: etagsOf(request),
      reply,
    });
  }
}
