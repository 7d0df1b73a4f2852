import type { LoggerService } from '@nestjs/common';
import { isDebug, type LogLevel } from '../config/config.js';
import { clientAddressOf } from '../http/client-address.js';
import type { RefusedToken } from '../http/outside/problem-shape.js';
import type { LeanRequest } from '../http/request.js';
import { Sampled } from './sampled.js';

type LoggedRequest = Pick<LeanRequest, 'id' | 'method' | 'url' | 'headers' | 'raw' | 'routeOptions'> & {
  is404?: boolean;
  caller?: { readonly token: RefusedToken };
};

interface LoggedReply {
  statusCode: number;
  /** Milliseconds. */
  elapsedTime: number;
  getHeader(name: string): unknown;
}

/** In ten seconds. */
const REFUSALS_SHOWN = 200;

export type LogRequest = (request: LoggedRequest, reply: LoggedReply) => void;

/**
 * One line a request: writes and who was not let in (401, 403, 429) at level info, answers of 500 and above as warnings, everything else (reads,
 * evaluations) at level debug, where it costs nothing unless somebody listens. `remote` is the caller's address, `token` the public id of its token.
 * Of a refusal it says its code, and the name and kind of the token as far as it is known; of very many refusals the first ones have a line.
 * The query and the body are never in it: they may hold personal data.
 */
export function requestLog(logger: LoggerService, level: LogLevel): LogRequest {
  const hearsReads = isDebug(level);
  const refusals = new Sampled(REFUSALS_SHOWN, (leftOut) => {
    logger.log({ leftOut }, 'refused requests without a line of their own', 'http');
  });
  return (request, reply) => {
    if (reply.statusCode >= 500) logger.warn(lineOf(request, reply), 'request', 'http');
    else if (isRefusal(reply)) {
      if (refusals.admits(request.raw.refused?.code ?? String(reply.statusCode)))
        logger.log(lineOf(request, reply), 'request', 'http');
    } else if (isWrite(request)) logger.log(lineOf(request, reply), 'request', 'http');
    else if (hearsReads) logger.debug?.(lineOf(request, reply), 'request', 'http');
  };
}

const isRefusal = ({ statusCode }: LoggedReply) => statusCode === 401 || statusCode === 403 || statusCode === 429;

function isWrite({ method, url, is404 }: LoggedRequest): boolean {
  return url.startsWith('/api/admin/') && method !== 'GET' && method !== 'HEAD' && is404 !== true;
}

function lineOf(request: LoggedRequest, reply: LoggedReply): object {
  const environment = reply.getHeader('x-resolved-environment');
  const traceId = /^[\da-f]{2}-([\da-f]{32})-/.exec(String(request.headers['traceparent'] ?? ''))?.[1];
  return {
    requestId: request.id,
    remote: clientAddressOf(request),
    ...tokenOf(request, isRefusal(reply)),
    method: request.method,
    path: pathOf(request.url),
    route: request.routeOptions.url ?? null,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    ...(environment !== undefined && { environment }),
    ...(traceId !== undefined && { traceId }),
  };
}

function tokenOf({ caller, raw: { refused } }: LoggedRequest, isRefused: boolean): object {
  const token = caller?.token ?? refused?.token;
  return {
    ...(token && { token: token.publicId }),
    ...(isRefused && token && { tokenName: token.name, tokenKind: token.kind }),
    ...(isRefused && refused && { code: refused.code }),
  };
}

/** Without what somebody put there by mistake: a token where a key or a slug belongs is still a token. */
const pathOf = (url: string) => url.split('?')[0]?.replace(/ft_(client|admin)_\w+/g, 'ft_$1_[redacted]');
