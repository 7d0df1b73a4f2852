import { Get, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { evaluateAll, evaluateSeveral, type Evaluation, type Interruptible, type Snapshot } from '@flagtree/engine';
import { DatabaseClock } from '../../platform/database/database-clock.js';
import { ApiProblem } from '../../platform/http/management/admin-controller.js';
import { runInSlices } from '../../platform/run-in-slices.js';
import { EvaluationController, RequestEnvironment } from '../environment/environment.interceptor.js';
import { EvaluationDto, EvaluationRequestDto, FlagAnswerDto, RequestEnvironmentDto } from './evaluation.dto.js';
import { EvaluationObserver } from '../observation/evaluation-observer.js';
import { evaluationRequestOf } from './evaluation-request.js';
import { type FlagAnswer, flagAnswer, metadataInSet } from './flag-answer.js';
import type { ResolvedEnvironment } from '../environment/request-environments.service.js';

@EvaluationController('api/feature-flags')
export class EvaluationsController {
  constructor(
    private readonly observer: EvaluationObserver,
    private readonly clock: DatabaseClock,
  ) {}

  /** Evaluates flags, all of them at one revision; with `at` as they were then, and with that instant as the time of day. */
  @Post('evaluate')
  @HttpCode(200)
  @ApiOperation({ operationId: 'evaluation.evaluate' })
  @ApiBody({ type: EvaluationRequestDto })
  @ApiExtraModels(FlagAnswerDto)
  @ApiOkResponse({ type: EvaluationDto })
  @ApiProblem(400, 'The body or the context is not valid: `errors` says where.')
  @ApiProblem(413, 'The body is too large.')
  @ApiProblem(415, 'The body is not JSON.')
  async evaluate(
    @RequestEnvironment() { snapshot, instant }: ResolvedEnvironment,
    @Req() request: FastifyRequest,
  ): Promise<EvaluationDto> {
    const { context, flags } = evaluationRequestOf(request);
    const now = instant ?? this.clock.ms();
    const keys = flags ?? [...snapshot.flags.keys()];
    const evaluations = flags ? evaluateSeveral(snapshot, flags, context, now) : evaluateAll(snapshot, context, now);
    if (instant === null) {
      if (flags === null) this.observer.allTold(request, snapshot, context, evaluations);
      else flags.forEach((key, place) => { this.observer.one(request, snapshot, key, context, evaluations[place] as Evaluation); }); // prettier-ignore
    }
    const answers = await runInSlices(slicedAnswers(snapshot, keys, evaluations));
    return { environment: snapshot.environment, revision: snapshot.revision, flags: answers };
  }

  /** The environment that this request resolves to, and by what. */
  @Get('environment')
  @ApiOperation({ operationId: 'evaluation.environment' })
  @ApiOkResponse({ type: RequestEnvironmentDto })
  environment(@RequestEnvironment() { environment, snapshot, detected }: ResolvedEnvironment): RequestEnvironmentDto {
    return {
      environment: environment.slug,
      name: environment.name,
      by: detected.by,
      ignored: detected.ignored ?? null,
      chain: [...snapshot.chain],
      isActive: environment.isActive,
      revision: snapshot.revision,
      etag: snapshot.etag,
    };
  }
}

function* slicedAnswers(
  { flags }: Snapshot,
  keys: readonly string[],
  evaluations: readonly Evaluation[],
): Interruptible<Record<string, FlagAnswer>> {
  const answers = Object.create(null) as Record<string, FlagAnswer>;
  for (const [place, key] of keys.entries()) {
    answers[key] = flagAnswer(evaluations[place] as Evaluation, metadataInSet(flags.get(key)));
    yield;
  }
  return answers;
}
