import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';
import type { ErrorCode } from '@flagtree/engine';
import type { Problem, ShapeProblem } from '../../platform/http/problems/problem.filter.js';

export interface OfrepError {
  status: number;
  body: { key?: string; errorCode?: ErrorCode; errorDetails: string };
}

/**
 * What an error is in OFREP: 400 with an error code for all that the caller can put right in the request, the environment included;
 * the details alone where OFREP has no error code (who is calling, and faults of the server).
 */
export function ofrepError({ status, body: { code, detail, requestId } }: Problem, key: string | undefined): OfrepError {
  if (status === 401 || status === 403) return { status, body: { errorDetails: detail } };
  if (status >= 500) return { status, body: { errorDetails: `${detail} (request ${requestId})` } };
  const kept = status === 413 || status === 415 ? status : 400;
  return {
    status: kept,
    body: { ...(key !== undefined && { key }), errorCode: ERROR_CODES[code] ?? 'GENERAL', errorDetails: detail },
  };
}

const ERROR_CODES: Record<string, ErrorCode> = {
  'invalid-context': 'INVALID_CONTEXT',
  'invalid-json': 'PARSE_ERROR',
  'invalid-utf8': 'PARSE_ERROR',
  'json-too-deep': 'PARSE_ERROR',
  'unsupported-media-type': 'PARSE_ERROR',
};

/** Errors on this route speak OFREP, also those that are raised before its handler is reached. */
export const AnswersErrorsInOfrep = (more: Pick<FastifyContextConfig, 'lean'> = {}) =>
  RouteConfig({ problemAs: problemInOfrep, ...more });

const problemInOfrep: ShapeProblem = (problem, params) => {
  const { key } = (params ?? {}) as { key?: string };
  return { ...ofrepError(problem, key), type: 'application/json; charset=utf-8' };
};
