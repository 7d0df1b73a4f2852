import type { FastifyContextConfig } from 'fastify';
import type { ErrorCode } from '@flagtree/engine';
import type { LeanRequest } from '../../platform/http/request.js';
import type { Problem, ShapeProblem } from '../../platform/http/problems/problem.filter.js';
import { routeConfig } from '../../platform/http/route-config.js';

export interface OfrepError {
  status: number;
  body: { key?: string; errorCode?: ErrorCode; errorDetails: string };
}

/**
 * What an error is in OFREP: 400 with an error code for all that the caller can put right in the request, the environment included;
 * the details alone where OFREP has no error code (who is calling, and faults of the server).
 */
export function ofrepError({ status, body: { code, detail, requestId } }: Problem, key: string | undefined): OfrepError {
  if (status === 401 || status === 403 || status === 429) return { status, body: { errorDetails: detail } };
  if (status >= 500) return { status, body: { errorDetails: `${detail} (request ${requestId})` } };
  if (code === 'route-not-found' && key !== undefined)
    return { status, body: { key, errorCode: 'FLAG_NOT_FOUND', errorDetails: `There is no flag "${key}".` } };
  const kept = OF_HTTP.has(code) ? status : 400;
  return {
    status: kept,
    body: { ...(key !== undefined && { key }), errorCode: ERROR_CODES[code] ?? 'GENERAL', errorDetails: detail },
  };
}

/** What is not about the evaluation: these keep their status. */
const OF_HTTP = new Set([
  'route-not-found',
  'method-not-allowed',
  'request-timeout',
  'body-too-large',
  'too-many-values',
  'value-too-large',
  'url-too-long',
  'unsupported-media-type',
  'unsupported-content-coding',
  'unsupported-charset',
  'headers-too-large',
]);

const ERROR_CODES: Record<string, ErrorCode> = {
  'invalid-context': 'INVALID_CONTEXT',
  'invalid-json': 'PARSE_ERROR',
  'invalid-utf8': 'PARSE_ERROR',
  'json-too-deep': 'PARSE_ERROR',
  'unsupported-media-type': 'PARSE_ERROR',
  'unsupported-content-coding': 'PARSE_ERROR',
  'unsupported-charset': 'PARSE_ERROR',
};

/** Errors on this route speak OFREP, also those that are raised before its handler is reached. */
export const AnswersErrorsInOfrep = (more: Pick<FastifyContextConfig, 'lean'> = {}) =>
  routeConfig({ problemAs: problemInOfrep, ...more });

export const problemInOfrep: ShapeProblem = (problem, request) => ({
  ...ofrepError(problem, keyOf(request)),
  type: 'application/json; charset=utf-8',
});

const SINGLE = '/ofrep/v1/evaluate/flags/';

/** Also of a URL that leads to no route, or cannot be read. */
function keyOf({ params, url }: Pick<LeanRequest, 'params' | 'url'>): string | undefined {
  const { key } = (params ?? {}) as { key?: string };
  if (key !== undefined && key !== '') return key;
  const rest = url.startsWith(SINGLE) ? (url.slice(SINGLE.length).split('?')[0] ?? '') : '';
  if (rest === '') return undefined;
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}
