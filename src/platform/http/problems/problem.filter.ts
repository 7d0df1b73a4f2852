import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CircularEnvironmentInheritanceError } from '@flagtree/engine';
import { databaseProblem } from './database-problem.js';
import { afterBody } from './after-body.js';
import type { LeanRequest } from '../request.js';
import { Conflict, DomainError, type ProblemKind, Stale, Unavailable } from './problem.js';

const STATUS: Record<ProblemKind, number> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  stale: 412,
  unprocessable: 422,
  unavailable: 503,
};

export const PROBLEM_TITLES: Record<number, string> = {
  400: 'The request is not valid',
  401: 'Who are you?',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Unsupported content type',
  422: 'Cannot be done like this',
  431: 'Headers too large',
  500: 'A fault of the server',
  503: 'Not available just now',
};

/** RFC 9457 document of an error, with the status and headers to send. */
export interface Problem {
  status: number;
  headers: Record<string, string>;
  body: {
    type: string;
    title: string;
    status: number;
    detail: string;
    code: string;
    instance: string;
    requestId: string;
  } & Record<string, unknown>;
}

const logger = new Logger('http');

/** What a problem tells of the request. */
type Asked = Pick<LeanRequest, 'id' | 'method' | 'url' | 'routeOptions'>;

export function problemOf(error: unknown, request: Asked): Problem {
  const known = domainError(error);
  if (known) {
    const headers: Record<string, string> = {};
    if (known instanceof Stale && known.etag !== null) headers['etag'] = known.etag;
    if (known instanceof Unavailable) headers['retry-after'] = String(known.retryAfterSeconds);
    if (known.kind === 'unauthorized') headers['www-authenticate'] = 'Bearer realm="flagtree"';
    return problem(STATUS[known.kind], known.code, known.message, request, headers, known.members);
  }
  const foreign = foreignProblem(error);
  if (foreign) return problem(foreign.status, foreign.code, foreign.detail, request);
  logger.error(
    { err: error, requestId: request.id, method: request.method, route: request.routeOptions.url },
    'unexpected error',
  );
  return problem(
    500,
    'internal-error',
    `Something failed inside the server. Its log tells more under request id ${request.id}.`,
    request,
  );
}

function domainError(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error;
  if (error instanceof CircularEnvironmentInheritanceError) {
    return new Conflict('environment-cycle', error.message, { visitedChain: error.visitedChain });
  }
  return databaseProblem(error);
}

/** Errors of Fastify and Nest themselves: bad media types, bodies over the limit, routes that do not exist. */
function foreignProblem(error: unknown): { status: number; code: string; detail: string } | null {
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status !== 'number' || status < 400 || status >= 500) return null;
  const code = (error as { code?: unknown }).code;
  if (status === 404)
    return { status, code: 'route-not-found', detail: 'There is nothing at this path: see /api/docs for what there is.' };
  if (status === 413)
    return {
      status,
      code: 'body-too-large',
      detail: 'The body is larger than this server accepts (FLAGTREE_BODY_LIMIT; for imports FLAGTREE_IMPORT_LIMIT).',
    };
  if (status === 415)
    return { status, code: 'unsupported-media-type', detail: 'Send JSON, with Content-Type: application/json.' };
  return {
    status,
    code: typeof code === 'string' ? code.toLowerCase().replaceAll('_', '-') : 'bad-request',
    detail: (error as Error).message,
  };
}

function problem(
  status: number,
  code: string,
  detail: string,
  request: Asked,
  headers: Record<string, string> = {},
  members: Record<string, unknown> = {},
): Problem {
  const body = {
    type: `urn:flagtree:problem:${code}`,
    title: PROBLEM_TITLES[status] ?? 'The request failed',
    status,
    detail,
    code,
    instance: request.url.split('?')[0] ?? '/',
    requestId: request.id,
    ...members,
  };
  return { status, headers, body };
}

/** What an error looks like on a route. `params` are those of its URL. */
export type ShapeProblem = (problem: Problem, params: unknown) => { status: number; type: string; body: object };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For routes of a protocol with error bodies of its own. */
    problemAs?: ShapeProblem;
  }
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (reply.sent) return;
  const problem = problemOf(error, request);
  void reply.header('x-request-id', request.id);
  const { status, type, body } = (request.routeOptions.config.problemAs ?? problemDocument)(problem, request.params);
  afterBody(request.raw, () => {
    if (!reply.sent) void reply.status(status).headers(problem.headers).type(type).send(JSON.stringify(body));
  });
}

export const problemDocument: ShapeProblem = ({ status, body }) => ({
  status,
  type: 'application/problem+json; charset=utf-8',
  body,
});

@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
