import { FlagtreeProblem, FlagtreeUnreachable } from '../errors.js';
import type { Operation } from './operation.js';
import type { ApiResponse } from './transport.js';

/** What an answer says beside its body. */
export interface AnswerDetails {
  status: number;
  etag: string | null;
  /** Of what was made. */
  location: string | null;
  requestId: string | null;
  /** It is the answer that an earlier request with this key got. */
  isReplayed: boolean;
}

const details = new WeakMap<object, AnswerDetails>();

/** How the server answered with this object; undefined for one that is no answer. */
export function detailsOf(answer: object): AnswerDetails | undefined {
  return details.get(answer);
}

/** The body, with its ETag; undefined where there is none, as in a 304. */
export async function readAnswer(response: ApiResponse, { text: isText }: Operation, url: string): Promise<unknown> {
  const text = await response.text();
  if (response.status === 204 || response.status === 304) return undefined;
  if (isText) return text;
  const value = parse(text, response, url);
  if (typeof value !== 'object' || value === null) return value;
  const etag = response.headers.get('etag');
  // hidden, so that what is printed is what the server said
  if (etag !== null && !('etag' in value)) Object.defineProperty(value, 'etag', { value: etag });
  details.set(value, {
    status: response.status,
    etag,
    location: response.headers.get('location'),
    requestId: response.headers.get('x-request-id'),
    isReplayed: response.headers.get('idempotency-replayed') === 'true',
  });
  return value;
}

/** Why it is no success; `tokenFrom` is told with what is about the token. */
export async function readRefusal(response: ApiResponse, url: string, tokenFrom: string | null): Promise<Error> {
  const { status } = response;
  const text = await response.text();
  const document = isJson(response) ? safely(text) : null;
  if (document === null && (status < 500 || response.headers.get('x-request-id') === null)) return notFlagtree(response, url);
  const isOfToken = (status === 401 || status === 403) && tokenFrom !== null;
  return new FlagtreeProblem({
    status,
    document: inOneForm(document ?? {}),
    requestId: response.headers.get('x-request-id'),
    besides: isOfToken ? ` (The token is that of ${tokenFrom}.)` : '',
  });
}

/** OFREP's refusals have a form of their own. */
function inOneForm(document: Record<string, unknown>): Record<string, unknown> {
  const { errorCode, errorDetails } = document;
  return { ...(typeof errorCode === 'string' && { code: errorCode, detail: errorDetails ?? errorCode }), ...document };
}

function parse(text: string, response: ApiResponse, url: string): unknown {
  if (!isJson(response)) throw notFlagtree(response, url);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notFlagtree(response, url, { cause });
  }
}

function safely(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}

function notFlagtree(response: ApiResponse, url: string, options?: ErrorOptions): FlagtreeUnreachable {
  const { status } = response;
  const to = response.headers.get('location');
  const what = to === null ? `${status}, ${typeOf(response) || 'no content type'}` : `${status}, a redirect to ${to}`;
  const message = `What answers at ${url} is no Flagtree (${what}): is the URL right?`;
  return new FlagtreeUnreachable(message, 'not-flagtree', status < 400 || status >= 500, status, options);
}

const isJson = (response: ApiResponse): boolean => /[/+]json\b/.test(typeOf(response));

const typeOf = (response: ApiResponse): string => response.headers.get('content-type') ?? '';
