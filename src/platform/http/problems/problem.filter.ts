import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CircularEnvironmentInheritanceError } from '@flagtree/engine';
import { databaseProblem } from './database-problem.js';
import { answerBeforeBody, awaitsBody } from './before-body.js';
import { byteString } from '../byte-string.js';
import type { LeanRequest } from '../request.js';
import type { Problem, RefusedToken, ShapeProblem } from '../outside/problem-shape.js';
import { urlFor } from '../outside/public-url.js';
import { Refused } from './refused.js';
import { Conflict, DomainError, type ProblemKind, Stale, TooMany, Unauthorized, Unavailable, Unsupported } from './problem.js';

const STATUS: Record<ProblemKind, number> = {
  invalid: 400,
  unsupported: 415,
  unauthorized: 401,
  'too-many': 429,
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
  408: 'Too slow',
  409: 'Conflict',
  412: 'Changed meanwhile',
  413: 'Too large',
  414: 'URL too long',
  415: 'Unsupported content type',
  422: 'Cannot be done like this',
  429: 'Too many',
  431: 'Headers too large',
  500: 'A fault of the server',
  503: 'Not available just now',
};

export type { Problem, ShapeProblem } from '../outside/problem-shape.js';

const logger = new Logger('http');

/** What a problem tells of the request. */
type Asked = Pick<LeanRequest, 'id' | 'method' | 'url' | 'raw' | 'routeOptions'>;

export function problemOf(error: unknown, request: Asked): Problem {
  const known = domainError(error);
  if (known) {
    const headers: Record<string, string> = {};
    if (known instanceof Stale && known.etag !== null) headers['etag'] = known.etag;
    if (known instanceof Unavailable || known instanceof TooMany) headers['retry-after'] = String(known.retryAfterSeconds);
    if (known instanceof Unsupported) Object.assign(headers, known.accept);
    if (known.kind === 'unauthorized') headers['www-authenticate'] = 'Bearer realm="flagtree"';
    if (IS_REFUSAL.has(known.kind)) request.raw.refused = { code: known.code, token: tokenOf(known) };
    return problem(STATUS[known.kind], known.code, known.message, request, headers, known.members);
  }
  const foreign = foreignProblem(error, request);
  if (foreign) return problem(foreign.status, foreign.code, foreign.detail, request, foreign.headers);
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

/** Kinds of which the log tells. */
const IS_REFUSAL: ReadonlySet<ProblemKind> = new Set<ProblemKind>(['unauthorized', 'forbidden', 'too-many']);

function tokenOf(error: DomainError): RefusedToken | undefined {
  return error instanceof Unauthorized || error instanceof TooMany ? error.token : undefined;
}

function domainError(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error;
  if (error instanceof CircularEnvironmentInheritanceError) {
    return new Conflict('environment-cycle', error.message, { visitedChain: error.visitedChain });
  }
  return databaseProblem(error);
}

/** Codes of Fastify are its own business: only these are known, and under our names. */
const OF_FASTIFY: Readonly<Record<string, Refused>> = {
  FST_ERR_BAD_URL: new Refused(
    400,
    'malformed-url',
    'The path is no valid URL: encode "%" as %25, and everything else as UTF-8.',
  ),
  FST_ERR_MAX_PARAM_LENGTH: new Refused(414, 'url-too-long', 'A segment of the path is longer than any name can be.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Refused(400, 'malformed-request', 'The body is not as long as Content-Length says.'),
};

/** Errors of Fastify and Nest themselves: bad media types, bodies over the limit, routes that do not exist. */
function foreignProblem(error: unknown, { method, url, raw }: Asked): Refused | null {
  if (error instanceof Refused) return error;
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status !== 'number' || status < 400 || status >= 500) return null;
  if (status === 404) return notFound(method, raw.face?.methods.at(url.split('?')[0] ?? '/') ?? []);
  if (status === 413) {
    return new Refused(
      status,
      'body-too-large',
      'The body is larger than this server accepts (FLAGTREE_BODY_LIMIT; for imports FLAGTREE_IMPORT_LIMIT, and 1 MiB of YAML).',
    );
  }
  if (status === 415)
    return new Refused(
      status,
      'unsupported-media-type',
      'Send JSON, with Content-Type: application/json. Imports may be YAML (application/yaml).',
    );
  const { code } = error as { code?: unknown };
  return OF_FASTIFY[String(code)] ?? new Refused(status, 'bad-request', (error as Error).message);
}

/** What Node's parser lets pass though RFC 9112 asks for 400: no Host line or two, of which others may take the other one, and HTTP/0.9. */
export function malformed({ headers: { host }, httpVersion }: IncomingMessage): Refused | null {
  if (httpVersion === '0.9') return new Refused(400, 'malformed-request', 'The request line names no version of HTTP.');
  if (host === undefined && httpVersion === '1.1')
    return new Refused(400, 'malformed-request', 'There is no Host line: send one.');
  if (host?.includes(',')) return new Refused(400, 'malformed-request', 'There is more than one Host line: send one.');
  return null;
}

function notFound(method: string, allowed: readonly string[]): Refused {
  if (allowed.length === 0 || allowed.includes(method))
    return new Refused(404, 'route-not-found', 'There is nothing at this path: see /api/docs for what there is.');
  const allow = allowed.join(', ');
  return new Refused(405, 'method-not-allowed', `There is no ${method} here, only ${allow}.`, { allow });
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
    instance: urlFor(request, request.url.split('?')[0] ?? '/'),
    requestId: request.id,
    ...members,
  };
  return { status, headers, body };
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For routes of a protocol with error bodies of its own. */
    problemAs?: ShapeProblem;
  }
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (reply.sent) return;
  const problem = problemOf(error, request);
  const shape = request.routeOptions.config.problemAs ?? request.raw.face?.shapeOf(request.url) ?? problemDocument;
  const { status, type, body } = shape(problem, request);
  const text = JSON.stringify(body);
  void reply.status(status).headers(problem.headers).type(type);
  if (!awaitsBody(request.raw)) {
    void reply.send(text);
    return;
  }
  const bytes = byteString(text);
  void reply.header('content-length', String(bytes.length)).hijack();
  answerBeforeBody(request.raw, reply.raw, { status, head: headOf(reply), body: bytes });
}

const headOf = (reply: FastifyReply) =>
  Object.entries(reply.getHeaders()).flatMap(([name, value]) => [value].flat().flatMap((one) => [name, String(one)]));

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
