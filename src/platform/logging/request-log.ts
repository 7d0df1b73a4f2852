import type { LoggerService } from '@nestjs/common';
import { isDebug, type LogLevel } from '../config/config.js';
import { clientAddressOf } from '../http/client-address.js';
import type { LeanRequest } from '../http/request.js';

type LoggedRequest = Pick<LeanRequest, 'id' | 'method' | 'url' | 'headers' | 'raw' | 'routeOptions'> & {
  is404?: boolean;
  caller?: { readonly token: { readonly publicId: string } };
};

interface LoggedReply {
  statusCode: number;
  /** Milliseconds. */
  elapsedTime: number;
  getHeader(name: string): unknown;
}

export type LogRequest = (request: LoggedRequest, reply: LoggedReply) => void;

/**
 * One line a request: writes and who was not let in (401, 403) at level info, answers of 500 and above as warnings, everything else (reads,
 * evaluations) at level debug, where it costs nothing unless somebody listens. `remote` is the caller's address, `token` the public id of its token.
 * The query and the body are never in it: they may hold personal data.
 */
export function requestLog(logger: LoggerService, level: LogLevel): LogRequest {
  const hearsReads = isDebug(level);
  return (request, reply) => {
    if (reply.statusCode >= 500) logger.warn(lineOf(request, reply), 'request', 'http');
    else if (reply.statusCode === 401 || reply.statusCode === 403 || isWrite(request))
      logger.log(lineOf(request, reply), 'request', 'http');
    else if (hearsReads) logger.debug?.(lineOf(request, reply), 'request', 'http');
  };
}

function isWrite({ method, url, is404 }: LoggedRequest): boolean {
  return url.startsWith('/api/admin/') && method !== 'GET' && method !== 'HEAD' && is404 !== true;
}

function lineOf(request: LoggedRequest, reply: LoggedReply): object {
  const environment = reply.getHeader('x-resolved-environment');
  const traceId = /^[\da-f]{2}-([\da-f]{32})-/.exec(String(request.headers['traceparent'] ?? ''))?.[1];
  return {
    requestId: request.id,
    remote: clientAddressOf(request),
    ...(request.caller && { token: request.caller.token.publicId }),
    method: request.method,
    path: pathOf(request.url),
    route: request.routeOptions.url ?? null,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    ...(environment !== undefined && { environment }),
    ...(traceId !== undefined && { traceId }),
  };
}

/** Without what somebody put there by mistake: a token where a key or a slug belongs is still a token. */
const pathOf = (url: string) => url.split('?')[0]?.replace(/ft_(client|admin)_\w+/g, 'ft_$1_[redacted]');
