/** One request, as it goes out. */
export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Aborted when the caller gives up, or the time is over. */
  readonly signal: AbortSignal;
}

/** What a transport gives back as soon as the head of the answer is there. `Response` of fetch is one. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  /** Only for streams. */
  readonly body?: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | null;
}

/**
 * Sends a request and gives its answer, whatever the status; rejects when there is none. It does not follow redirects. For programs that
 * want another one than fetch: a command that must start quickly, a proxy, certificates of its own.
 */
export type Transport = (request: ApiRequest) => Promise<ApiResponse>;

/** Redirects stay unfollowed: the token is for the server that was named. */
export const fetchTransport: Transport = ({ url, method, headers, body, signal }) =>
  fetch(url, { method, headers, body, signal, redirect: 'manual' });
