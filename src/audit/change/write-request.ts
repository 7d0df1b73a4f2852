import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../access/identity/caller.js';
import { callerOf } from '../../access/identity/request-caller.js';
import { clientAddressOf } from '../../platform/http/client-address.js';
import { auditedIdOf } from '../../platform/http/request-id.js';
import { Invalid } from '../../platform/http/problems/problem.js';
import type { Preconditions } from '../../platform/http/management/etag.js';
import { readsQuery } from '../../platform/http/management/parameters/query-parameters.js';
import { MAX_KEPT } from '../../platform/http/management/parameters/keep.js';
import { switchOf } from '../../platform/http/management/parameters/query-switch.js';

/** What a request says about the write itself, whatever it writes. */
export interface WriteRequest extends Preconditions {
  caller: Caller;
  requestId: string;
  /** The address of the caller; null: the server itself writes. */
  remote: string | null;
  reason: string | null;
  dryRun: boolean;
  /** The caller knows what it alters: what would hold the write up elsewhere gives way, as far as that is its to alter. */
  force: boolean;
  /** Environments that must stay as they are, by name; true: the topmost ones that would change; null: all of them follow. */
  keep: readonly string[] | true | null;
  /** Where `keep` stood; by default in the body. */
  keepPointer?: string;
  idempotency: Idempotency | null;
}

/** Whether the door may write more than is asked for, which only it can tell. */
export function writesBesides({ force, keep }: WriteRequest): boolean {
  return force || keep !== null;
}

/** `fingerprint` is a SHA-256 over everything that makes the request what it is; `route` is kept for people. */
export interface Idempotency {
  key: string;
  route: string;
  fingerprint: Buffer;
}

const MAX_REASON = 2_000;

/** The write request of a management route. */
export const Write = createParamDecorator(
  (_: unknown, context: ExecutionContext): WriteRequest => {
    return writeRequestOf(context.switchToHttp().getRequest<FastifyRequest>());
  },
  [readsQuery('dryRun', 'reason')],
);

/** @throws {Invalid} */
export function writeRequestOf(request: FastifyRequest): WriteRequest {
  const body = (request.body ?? {}) as Record<string, unknown>;
  const query = request.query as Record<string, unknown>;
  const pointer = (name: string) => ((body[name] ?? null) === null ? `?${name}` : `/${name}`);
  return {
    caller: callerOf(request),
    requestId: auditedIdOf(request),
    remote: clientAddressOf(request),
    reason: reasonOf(body['reason'] ?? query['reason'], pointer('reason')),
    dryRun: switchOf(query['dryRun'], 'dryRun') || body['dryRun'] === true,
    force: switchOf(query['force'], 'force'),
    keep: keepOf(body['keep'] ?? query['keep'], pointer('keep')),
    keepPointer: pointer('keep'),
    ifMatch: request.headers['if-match'] ?? null,
    ifNoneMatch: request.headers['if-none-match'] ?? null,
    idempotency: idempotencyOf(request),
  };
}

function reasonOf(value: unknown, pointer: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value.length <= MAX_REASON) return value.trim() === '' ? null : value;
  throw new Invalid('invalid-request', 'The reason must be text.', [
    { pointer, code: 'invalid-reason', detail: `Text of at most ${String(MAX_REASON)} characters.` },
  ]);
}

/** In a body true or a list of names; in a query `true` or names with commas between them. */
function keepOf(value: unknown, pointer: string): WriteRequest['keep'] {
  if (value === undefined || value === null || value === false || value === 'false') return null;
  if (value === true || value === 'true') return true;
  const names: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [null];
  if (names.length <= MAX_KEPT && names.every((name) => typeof name === 'string' && name !== '')) return names as string[];
  throw new Invalid('invalid-request', '"keep" must be true, or the names of environments.', [
    { pointer, code: 'invalid-keep', detail: `True, or at most ${String(MAX_KEPT)} slugs, aliases or ids.` },
  ]);
}

function idempotencyOf(request: FastifyRequest): Idempotency | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.method !== 'POST') return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Invalid('invalid-idempotency-key', 'Idempotency-Key must be 1–255 printable ASCII characters, sent once.');
  }
  const fingerprint = createHash('sha256')
    .update(`${request.method} ${request.url}\n${request.bodyText ?? request.largeBody?.sha256 ?? ''}`)
    .digest();
  return { key, route: `${request.method} ${request.routeOptions.url ?? request.url}`, fingerprint };
}
