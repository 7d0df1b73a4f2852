import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable, tap } from 'rxjs';
import { DatabaseAbsence } from '../../health/database-absence.js';
import { type Answer, Written } from './answer.js';
import { boundedEffect } from './bounded-effect.js';
import { etagOf, hasAlready } from './etag.js';
import { urlFor } from '../outside/public-url.js';
import { Invalid } from '../problems/problem.js';
import { assertKnownQuery } from './parameters/query-parameters.js';
import { strictJsonDefects } from '../json/parse/strict-json.js';
import { readYamlBody } from '../json/yaml-body.js';

/** Queries of writes and management bodies are strict; reads are conditional; a write's outcome becomes its status, headers and body. */
@Injectable()
export class ManagementInterceptor implements NestInterceptor {
  constructor(private readonly absence: DatabaseAbsence) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    assertKnownQuery(request, context.getHandler());
    readYamlBody(request);
    assertStrictBody(request);
    void reply.header('vary', 'Authorization, X-API-Key, Cookie');
    const { reads } = this.absence;
    const markStale = (result: unknown) => {
      // An answer beside it may be marked as well: it was given while the database could not be asked, too.
      const { since, reads: now } = this.absence;
      if (since !== null && now !== reads && !(result instanceof Written))
        void reply.header('flagtree-stale-since', since.toISOString());
    };
    return next.handle().pipe(
      tap({ next: markStale, error: markStale }),
      map((result) => (result instanceof Written ? answerWrite(result, request, reply) : answerRead(result, request, reply))),
    );
  }
}

function assertStrictBody({ body, bodyText, largeBody }: FastifyRequest): void {
  if (body === undefined) return;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Invalid('invalid-request', 'The body must be a JSON object.', [
      { pointer: '', code: 'not-an-object', detail: 'Send a JSON object.' },
    ]);
  }
  const defects = largeBody?.defects ?? strictJsonDefects(bodyText ?? '');
  if (defects.length > 0)
    throw new Invalid('invalid-json', 'The JSON of the body is ambiguous or cannot be kept exactly: see errors.', defects);
}

function answerWrite({ answer, revision, effect, outcome }: Written, request: FastifyRequest, reply: FastifyReply): unknown {
  if (outcome === 'dry-run') {
    void reply.status(200);
    return { dryRun: true, revision, ...boundedEffect(effect, null), preview: answer.body, ...answer.besides };
  }
  if (outcome === 'replayed') void reply.header('idempotency-replayed', 'true');
  return sendAnswer(answer, request, reply);
}

function sendAnswer({ status, location, body, once, besides }: Answer, request: FastifyRequest, reply: FastifyReply): unknown {
  void reply.status(status);
  if (location !== undefined) void reply.header('location', urlFor(request, location));
  if (body === null) return undefined;
  void reply.header('etag', etagOf(body));
  return once === undefined && besides === undefined ? body : { ...body, ...besides, ...once };
}

/** HEAD as GET, whose body Fastify leaves out. */
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

function answerRead(result: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  if (!READS.has(request.method) || typeof result !== 'object' || result === null) return result;
  const etag = etagOf(result);
  void reply.header('etag', etag);
  if (!hasAlready(request, etag)) return result;
  void reply.status(304);
  return undefined;
}
