import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/identity/caller.js';
import { Evaluates } from '../access/permissions.js';
import { RequestCaller } from '../access/identity/request-caller.js';
import { StateStore } from '../audit/follow/state-store.js';
import { ApiProblem } from '../platform/http/management/admin-controller.js';
import { admittedEnvironment } from '../resolver/environment/admitted-environment.js';
import { FlagdDocumentDto } from './flagd.dto.js';
import { FlagdExports } from './flagd-exports.service.js';

/** What flagd, or an OpenFeature provider that evaluates flagd definitions itself, synchronises from. */
@Controller('flagd/v1')
@Evaluates()
@ApiTags('Evaluation')
@ApiBearerAuth()
@ApiSecurity('apiKey')
@ApiProblem(401, 'No token, or one that is unknown, expired or revoked.')
@ApiProblem(403, 'The token may not see the environment.')
@ApiProblem(500, 'A fault of the server; the log knows the request id.')
export class FlagdController {
  constructor(
    private readonly store: StateStore,
    private readonly exports: FlagdExports,
  ) {}

  /** An environment as flagd definitions, from memory: a source for flagd to poll. */
  @Get(':env/flags.json')
  @ApiOperation({ operationId: 'flagd.flags' })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'The ETag of the definitions that the caller has.' })
  @ApiOkResponse({
    type: FlagdDocumentDto,
    headers: { ETag: { schema: { type: 'string' }, description: 'Changes with the content only.' } },
  })
  @ApiResponse({ status: 304, description: 'The caller has this content already.' })
  @ApiProblem(404, 'There is no such environment.')
  @ApiProblem(409, 'The environment is inactive.')
  flags(
    @Param('env') env: string,
    @RequestCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | undefined {
    const { state } = this.store;
    const environment = admittedEnvironment(state, env, caller, 'named by the path');
    void reply.header('x-resolved-environment', environment.slug);
    return this.exports.answer(state, environment.slug, request, reply);
  }
}
