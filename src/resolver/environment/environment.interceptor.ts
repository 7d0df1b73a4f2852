import {
  applyDecorators,
  type CallHandler,
  Controller,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiQuery, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, type Observable, switchMap } from 'rxjs';
import { Evaluates } from '../../access/permissions.js';
import { AT } from '../../history/at.dto.js';
import { validateMoment } from '../../history/moment.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { ApiProblem } from '../../platform/http/management/admin-controller.js';
import { Invalid } from '../../platform/http/problems/problem.js';
import { RequestEnvironments, type ResolvedEnvironment } from './request-environments.service.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the environment interceptor. */
    environment?: ResolvedEnvironment;
  }
}

/** Resolves the environment of every request of an evaluation controller before its handler runs, or refuses the request. */
@Injectable()
export class EnvironmentInterceptor implements NestInterceptor {
  constructor(
    private readonly environments: RequestEnvironments,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    void reply.header('vary', `Authorization, X-API-Key, ${this.config.environment.header}`);
    const at = momentIn(request);
    if (at !== undefined) return from(this.takeUp(at, request, reply)).pipe(switchMap(() => next.handle()));
    request.environment = this.environments.resolve(request, reply);
    return next.handle();
  }

  private async takeUp(at: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    request.environment = await this.environments.resolveAt(at, request, reply);
  }
}

/** @throws {Invalid} */
function momentIn({ query }: FastifyRequest): string | undefined {
  const { at } = query as { at?: unknown };
  if (at === undefined) return undefined;
  const defects = validateMoment(at).map((defect) => ({ ...defect, pointer: '?at' }));
  if (defects.length === 0) return at as string;
  throw new Invalid('invalid-request', 'The moment cannot be read: see errors.', defects);
}

/** The resolved environment of a request, in a handler of an evaluation controller. */
export const RequestEnvironment = createParamDecorator((_, context: ExecutionContext): ResolvedEnvironment => {
  const { environment } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!environment) throw new Error('@RequestEnvironment() needs a controller that is declared with @EvaluationController()');
  return environment;
});

/** A controller whose routes evaluate: for any valid token, in the environment of the request. */
export function EvaluationController(path: string): ClassDecorator {
  return applyDecorators(
    Controller(path),
    Evaluates(),
    UseInterceptors(EnvironmentInterceptor),
    ApiTags('Evaluation'),
    ApiBearerAuth(),
    ApiSecurity('apiKey'),
    ApiEnvironment(),
    ApiQuery({
      name: 'at',
      required: false,
      schema: { type: 'string' },
      description: `${AT.description} For admin tokens.`,
    }),
    ApiProblem(400, 'The request is malformed: `errors` says where.'),
    ApiProblem(401, 'No token, or one that is unknown, expired or revoked.'),
    ApiProblem(403, 'The token may not see the environment of the request.'),
    ApiProblem(404, 'The environment of the request does not exist.'),
    ApiProblem(409, 'The environment of the request is inactive.'),
    ApiProblem(500, 'A fault of the server; the log knows the request id.'),
    ApiProblem(503, 'The past cannot be read while the database is away.'),
  );
}

/** Documents how a request names its environment. */
export function ApiEnvironment() {
  return applyDecorators(
    ApiHeader({
      name: 'X-Environment',
      required: false,
      schema: { type: 'string', examples: ['staging'] },
      description:
        'The environment, by slug, alias or id. Without it: `env`, else the only environment of the token, else the default. Every answer names it by its slug in X-Resolved-Environment.',
    }),
    ApiQuery({
      name: 'env',
      required: false,
      schema: { type: 'string' },
      example: 'staging',
      description: 'The environment, where no header names it.',
    }),
  );
}
