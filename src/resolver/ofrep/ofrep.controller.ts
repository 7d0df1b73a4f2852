import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { EvaluatesForPages } from '../../access/permissions.js';
import { evaluate, partWithTags, type Snapshot } from '@flagtree/engine';
import { DatabaseClock } from '../../platform/database/database-clock.js';
import { hasAlready } from '../../platform/http/management/etag.js';
import { publicUrlOf } from '../../platform/http/outside/public-url.js';
import type { LeanReply, LeanRequest } from '../../platform/http/request.js';
import { BulkAnswers } from './bulk-answers.js';
import { contextDigestOf } from './context-digest.js';
import { ApiEnvironment } from '../environment/environment.interceptor.js';
import { EventStreams } from './named-streams.js';
import { EvaluationObserver } from '../observation/evaluation-observer.js';
import { contextOf, objectOf } from '../evaluation/evaluation-context.js';
import { ofrepStatus } from './ofrep-answers.js';
import { singleAnswer } from './ofrep-fragments.js';
import { ApiOfrepBulk, ApiOfrepSingle } from './ofrep.openapi.js';
import { AnswersErrorsInOfrep } from './ofrep-errors.js';
import { RequestEnvironments } from '../environment/request-environments.service.js';

const lean = (method: 'evaluateFlag' | 'evaluateFlags') => ({ lean: { controller: () => OfrepController, method } });

/** OFREP 0.3. The hottest routes of the server: lean, and they write their answers themselves. */
@Controller('ofrep/v1/evaluate')
@EvaluatesForPages()
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
    private readonly clock: DatabaseClock,
  ) {}

  @Post('flags/:key')
  @HttpCode(200)
  @AnswersErrorsInOfrep(lean('evaluateFlag'))
  @ApiOfrepSingle()
  evaluateFlag(@Req() request: LeanRequest, @Res() reply: LeanReply): void {
    const { key } = request.params as { key: string };
    const snapshot = seenBy(request, this.environments.resolve(request, reply).snapshot);
    const context = contextOf(objectOf(request));
    const evaluation = evaluate(snapshot, key, context, this.clock.ms());
    this.observer.one(request, snapshot, key, context, evaluation);
    reply.json(ofrepStatus(evaluation), singleAnswer(snapshot, key, evaluation));
  }

  @Post('flags')
  @HttpCode(200)
  @AnswersErrorsInOfrep(lean('evaluateFlags'))
  @ApiOfrepBulk()
  evaluateFlags(@Req() request: LeanRequest, @Res() reply: LeanReply): void | Promise<void> {
    const awaited = this.streams.awaited((request.query as Record<string, unknown>)['flagConfigEtag']);
    if (awaited !== null) return awaited.then(() => { this.answerBulk(request, reply); }); // prettier-ignore
    this.answerBulk(request, reply);
  }

  private answerBulk(request: LeanRequest, reply: LeanReply): void {
    const { snapshot: all } = this.environments.resolve(request, reply);
    const snapshot = seenBy(request, all);
    const now = this.clock.ms();
    const streams = request.caller ? this.streams.named(request.caller, snapshot.environment, now, publicUrlOf(request)) : null;
    const context = contextOf(objectOf(request));
    const answer = this.bulk.answer({
      snapshot,
      context,
      contextDigest: contextDigestOf(request, context),
      now,
      streams,
    });
    reply.header('etag', answer.etag);
    if (hasAlready(request, answer.etag)) {
      reply.notModified();
      return;
    }
    const { evaluations, tally } = answer.flags();
    this.observer.all(request, snapshot, evaluations, tally);
    reply.json(200, answer.body());
  }
}

/** To a page only the flags exist that are meant for pages. */
function seenBy({ caller }: LeanRequest, snapshot: Snapshot): Snapshot {
  const tags = caller?.token.flagTags ?? null;
  return tags === null ? snapshot : partWithTags(snapshot, tags);
}
