import { Body, Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Evaluates } from '../access/permissions.js';
import { evaluate } from '../engine/index.js';
import { etagMatches } from '../platform/http/etag.js';
import { BulkAnswers } from './bulk-answers.js';
import { ApiEnvironment } from './environment.interceptor.js';
import { EventStreams } from './event-streams.js';
import { EvaluationObserver } from './evaluation-observer.js';
import { contextOf, objectOf } from './evaluation-context.js';
import { metadataOf } from './flag-answer.js';
import { ofrepAnswer, ofrepStatus, type OfrepFailure, type OfrepSuccess } from './ofrep-answers.js';
import { ApiOfrepBulk, ApiOfrepSingle } from './ofrep.openapi.js';
import { AnswersErrorsInOfrep } from './ofrep-errors.js';
import { RequestEnvironments } from './request-environments.service.js';

/** OFREP 0.3. The hottest routes of the server: they take the environment without an interceptor, which costs a third of a request. */
@Controller('ofrep/v1/evaluate')
@Evaluates()
@ApiTags('OFREP')
@ApiBearerAuth()
@ApiSecurity('apiKey')
@ApiEnvironment()
export class OfrepController {
  constructor(
    private readonly environments: RequestEnvironments,
    private readonly bulk: BulkAnswers,
    private readonly streams: EventStreams,
    private readonly observer: EvaluationObserver,
  ) {}

  @Post('flags/:key')
  @HttpCode(200)
  @AnswersErrorsInOfrep()
  @ApiOfrepSingle()
  evaluateFlag(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('key') key: string,
    @Body() body: unknown,
  ): OfrepSuccess | OfrepFailure {
    const { snapshot } = this.environments.resolve(request, reply);
    const context = contextOf(objectOf(body));
    const evaluation = evaluate(snapshot, key, context, Date.now());
    this.observer.one(snapshot, key, context, evaluation);
    if (!evaluation.ok) void reply.status(ofrepStatus(evaluation));
    return ofrepAnswer(key, evaluation, metadataOf(snapshot, key));
  }

  @Post('flags')
  @HttpCode(200)
  @AnswersErrorsInOfrep()
  @ApiOfrepBulk()
  evaluateFlags(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): string | undefined | Promise<string | undefined> {
    const awaited = this.streams.awaited((request.query as Record<string, unknown>)['flagConfigEtag']);
    return awaited === null ? this.answerBulk(request, reply, body) : awaited.then(() => this.answerBulk(request, reply, body));
  }

  private answerBulk(request: FastifyRequest, reply: FastifyReply, body: unknown): string | undefined {
    const { state, snapshot } = this.environments.resolve(request, reply);
    const now = Date.now();
    const streams = request.caller ? this.streams.named(request.caller, snapshot.environment, now) : null;
    const answer = this.bulk.answer(snapshot, state.segments, contextOf(objectOf(body)), now, streams);
    void reply.header('etag', answer.etag);
    const seen = request.headers['if-none-match'];
    if (seen !== undefined && etagMatches(seen, answer.etag)) return void reply.status(304);
    void reply.type('application/json; charset=utf-8');
    this.observer.many(snapshot.environment, answer.tally());
    return answer.body();
  }
}
