import { readPage } from '../docs/markdown.js';
import type { FuzzedRequest } from './requests.js';
import type { Heard } from './send.js';

/** Which codes a problem document may have, by status, as the reference lists them. */
const DOCUMENTED = new Map<string, Set<number>>();
for (const row of readPage('docs/reference/http-api.md').split('\n').filter((line) => /^\| [45]\d\d/.test(line))) {
  const [, statuses = '', codes = ''] = row.split('|');
  for (const [, code = ''] of codes.matchAll(/`([a-z0-9-]+)`/g)) {
    const known = DOCUMENTED.get(code) ?? new Set();
    for (const [status] of statuses.matchAll(/\d{3}/g)) known.add(Number(status));
    DOCUMENTED.set(code, known);
  }
} // prettier-ignore

const OFREP_CODES = ['FLAG_NOT_FOUND', 'PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL'];

/** What is wrong with an answer, whatever was asked; null: nothing. */
export function faultOf({ method, path }: FuzzedRequest, { status, headers, text }: Heard): string | null {
  if (headers['x-request-id'] === undefined) return 'no X-Request-Id';
  if (headers['x-content-type-options'] !== 'nosniff') return 'no nosniff';
  if (/\bat .{1,200}\.[cm]?[jt]s:\d|node_modules/.test(text)) return 'a stack trace';
  if (status >= 500 && status !== 503) return 'a failure of the server';
  // readiness says in its own words why it is not ready, and HEAD has no body
  if (status < 400 || method === 'HEAD') return null;
  return path.startsWith('/ofrep/') ? refusalOfOfrep(text, headers) : refusal(status, text, headers);
}

function refusal(status: number, text: string, headers: Heard['headers']): string | null {
  if (headers['content-type']?.split(';')[0] !== 'application/problem+json') return 'a refusal that is no problem document';
  const problem = parsed(text);
  if (problem?.['status'] !== status) return 'a problem document of another status';
  if (problem['requestId'] !== headers['x-request-id']) return 'a problem document of another request';
  if (typeof problem['detail'] !== 'string' || problem['detail'] === '') return 'a problem without detail';
  return DOCUMENTED.get(String(problem['code']))?.has(status) === true ? null : 'a code that is not documented for its status';
}

/** OFREP has error bodies of its own; who is not let in gets them as well. */
function refusalOfOfrep(text: string, headers: Heard['headers']): string | null {
  const body = parsed(text);
  if (!headers['content-type']?.includes('json') || body === null) return 'a refusal that is no JSON';
  const isFailure = body['errorCode'] === undefined || OFREP_CODES.includes(body['errorCode'] as string);
  return isFailure && typeof body['errorDetails'] === 'string' ? null : 'a refusal that is not as OFREP says';
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
