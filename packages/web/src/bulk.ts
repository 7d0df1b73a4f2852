import type { Evaluation } from './types.js';

export interface BulkRequest {
  url: string;
  headers: Record<string, string>;
  context: object;
  /** Of what is there for this context. */
  etag: string | null;
  /** Of the last event: a server that has not seen that change yet waits for it. */
  configEtag: string | undefined;
  signal: AbortSignal;
}

export interface Bulk {
  flags: Evaluation[];
  metadata: Evaluation['metadata'] | undefined;
  etag: string | null;
  /** Where changes are told; undefined: nowhere. */
  stream: string | undefined;
  /** How long a page may be hidden before its stream has to be given up. */
  idleMs: number;
}

export interface Refusal {
  /** 0: no answer. */
  status: number;
  message: string;
  /** What the server says. */
  waitMs: number | '' | null;
}

interface Body {
  flags?: Evaluation[];
  metadata?: Evaluation['metadata'];
  errorDetails?: string;
  eventStreams?: { endpoint?: { origin?: string; requestUri: string }; inactivityDelaySec?: number }[];
}

const TIMEOUT_MS = 10_000;

/** Every flag for a context; null: as it was. Never rejects. */
export async function askForAll({
  url,
  headers,
  context,
  etag,
  configEtag,
  signal,
}: BulkRequest): Promise<Bulk | Refusal | null> {
  const query = configEtag ? `?flagConfigEtag=${encodeURIComponent(configEtag)}` : '';
  try {
    const response = await fetch(`${url}/ofrep/v1/evaluate/flags${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers, ...(etag && { 'if-none-match': etag }) },
      body: JSON.stringify({ context }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (response.status === 304) return null;
    const body = (await response.json()) as Body;
    if (response.ok && Array.isArray(body.flags)) return bulkOf(body, response.headers.get('etag'), url);
    const after = response.headers.get('retry-after');
    return {
      status: response.status,
      message: body.errorDetails ?? `HTTP ${response.status}`,
      waitMs: after && (Number(after) || 60) * 1000,
    };
  } catch (error) {
    return { status: 0, message: String(error), waitMs: null };
  }
}

function bulkOf({ flags = [], metadata, eventStreams }: Body, etag: string | null, url: string): Bulk {
  const { endpoint, inactivityDelaySec = 120 } = eventStreams?.[0] ?? {};
  return {
    flags,
    metadata,
    etag,
    stream: endpoint && new URL(endpoint.requestUri, new URL(endpoint.origin ?? url, location.href)).href,
    idleMs: inactivityDelaySec * 1000,
  };
}
