import { decodeText } from '../snapshot/decode.js';
import type { HeldDocument } from '../snapshot/held-document.js';
import { retryAfterMs } from '../transport/backoff.js';
import { TransportError } from '../transport/exchange.js';
import type { HttpAnswer } from '../transport/http.js';

/** What came of asking for the document. */
export type Fetched =
  | { readonly came: 'document'; readonly document: HeldDocument }
  | { readonly came: 'unchanged' }
  | { readonly came: 'unusable'; readonly message: string }
  | Refusal
  | { readonly came: 'nothing'; readonly message: string };

/** The server, or something before it, said no. */
export interface Refusal {
  readonly came: 'refusal';
  readonly status: number;
  /** Of the server's problem document. */
  readonly code: string | undefined;
  readonly message: string;
  readonly retryAfterMs: number | null;
}

export function fetchedFrom({ status, headers, body }: HttpAnswer, wallMs: number): Fetched {
  if (status === 304) return { came: 'unchanged' };
  if (status !== 200) return refusalOf(status, headers, body, wallMs);
  const decoded = decodeText(body.toString('utf8'));
  if ('refused' in decoded)
    return { came: 'unusable', message: `The document of the server was refused, and the last one stays: ${decoded.refused}` };
  const resolved = headers['x-resolved-environment'];
  if (resolved !== undefined && resolved !== decoded.document.environment)
    return {
      came: 'unusable',
      message: `The answer is for "${String(resolved)}", and the document in it for "${decoded.document.environment}"`,
    };
  return { came: 'document', document: decoded.document };
}

export function refusalOf(status: number, headers: HttpAnswer['headers'], body: Buffer, wallMs: number): Refusal {
  const { code, detail } = problemIn(body);
  const where = headers.location;
  const message = isRedirect(status)
    ? `The server leads elsewhere${where === undefined ? '' : ` (${where})`}: give the client that URL, so that its token is sent nowhere else`
    : `The server answers ${status}${code === undefined ? '' : ` ${code}`}${detail === undefined ? '' : `: ${detail}`}`;
  return { came: 'refusal', status, code, message, retryAfterMs: retryAfterMs(headers['retry-after'], wallMs) };
}

export const isRedirect = (status: number): boolean => status >= 300 && status < 400;

/** What a person or a setting has to change first: trying again soon is of no use. */
export function isLasting({ status, code }: Refusal): boolean {
  if (isRedirect(status) || status === 401 || status === 403) return true;
  if (status === 404 || status === 409) return code !== undefined && /^environment-/.test(code);
  return status >= 400 && status < 500 && status !== 408 && status !== 429 && status !== 404;
}

export function nothing(error: unknown): Fetched {
  const message = error instanceof TransportError ? error.message : `The request failed: ${String(error)}`;
  return { came: 'nothing', message };
}

function problemIn(body: Buffer): { code?: string | undefined; detail?: string | undefined } {
  try {
    const { code, detail } = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    return { code: text(code), detail: text(detail) };
  } catch {
    return {};
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value.slice(0, 500) : undefined);
