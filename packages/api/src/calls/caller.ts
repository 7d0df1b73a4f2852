import { readAnswer, readRefusal } from './answer.js';
import { FlagtreeUnreachable } from '../errors.js';
import type { Operation } from './operation.js';
import { type Failure, retryDelay } from './retry.js';
import type { Settings } from '../settings.js';
import type { ApiRequest, ApiResponse } from './transport.js';

/** One call: what is asked for, whatever it takes. */
export interface Call {
  operation: Operation;
  /** With the query. */
  path: string;
  body: unknown;
  ifMatch?: string | undefined;
  ifNoneMatch?: string | undefined;
  idempotencyKey?: string | undefined;
  lastEventId?: string | undefined;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 10_000;
const SLOW_TIMEOUT_MS = 120_000;

/** With these nothing can have been done. */
const NEVER_ARRIVED = /^(?:ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;

/** Sends calls, once more where that is of use, and makes values and errors of what comes. */
export class Caller {
  constructor(private readonly settings: Settings) {}

  /** The body of the answer. */
  async ask(call: Call): Promise<unknown> {
    const { timeoutMs = this.settings.timeoutMs ?? (call.operation.slow ? SLOW_TIMEOUT_MS : TIMEOUT_MS) } = call;
    return this.repeat(call, async () => {
      const limit = AbortSignal.timeout(timeoutMs);
      const request = await this.request(call, AbortSignal.any([limit, ...(call.signal ? [call.signal] : [])]));
      return this.attempt(call, { request, limit, timeoutMs }, (response) =>
        readAnswer(response, call.operation, this.settings.url),
      );
    });
  }

  /** The answer once its head is there, for streams: their end is not waited for. */
  async open(call: Call, signal: AbortSignal): Promise<ApiResponse> {
    return this.repeat(call, async () => {
      const limit = new AbortController();
      const timer = setTimeout(() => { limit.abort(); }, TIMEOUT_MS); // prettier-ignore
      const request = await this.request(call, AbortSignal.any([limit.signal, signal]));
      try {
        return await this.attempt(call, { request, limit: limit.signal, timeoutMs: TIMEOUT_MS }, (response) =>
          Promise.resolve(response),
        );
      } finally {
        clearTimeout(timer);
      }
    });
  }

  private async repeat<Result>(call: Call, attempt: () => Promise<Result | Failure>): Promise<Result> {
    const { random } = this.settings;
    for (let number = 1; ; number++) {
      const outcome = await attempt();
      if (!isFailure(outcome)) return outcome;
      const delay = retryDelay(outcome, number, call.operation, random(), Date.now());
      if (delay === null) throw outcome.error;
      await pause(delay, call.signal);
    }
  }

  private async request(call: Call, signal: AbortSignal): Promise<ApiRequest> {
    const token = await this.settings.token();
    const { method, kind } = call.operation;
    return {
      method,
      url: this.settings.url + call.path,
      signal,
      body: typeof call.body === 'string' || call.body === undefined ? (call.body ?? null) : JSON.stringify(call.body),
      headers: {
        accept: kind === 'stream' ? 'text/event-stream' : 'application/json, */*;q=0.1',
        ...(call.body !== undefined && {
          'content-type': typeof call.body === 'string' ? 'application/yaml' : 'application/json',
        }),
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(call.ifMatch !== undefined && { 'if-match': call.ifMatch }),
        ...(call.ifNoneMatch !== undefined && { 'if-none-match': call.ifNoneMatch }),
        ...(call.idempotencyKey !== undefined && { 'idempotency-key': call.idempotencyKey }),
        ...(call.lastEventId !== undefined && { 'last-event-id': call.lastEventId }),
        ...this.settings.headers,
      },
    };
  }

  private async attempt<Result>(
    call: Call,
    { request, limit, timeoutMs }: { request: ApiRequest; limit: AbortSignal; timeoutMs: number },
    read: (response: ApiResponse) => Promise<Result>,
  ): Promise<Result | Failure> {
    const { url, transport, tokenFrom } = this.settings;
    try {
      call.signal?.throwIfAborted();
      const response = await transport(request);
      const isGood = (response.status >= 200 && response.status < 300) || response.status === 304;
      if (isGood) return await read(response);
      return { error: await readRefusal(response, url, tokenFrom), retryAfter: response.headers.get('retry-after') };
    } catch (error) {
      call.signal?.throwIfAborted();
      if (error instanceof FlagtreeUnreachable) return { error, retryAfter: null };
      return { error: limit.aborted ? lateAt(url, timeoutMs, error) : unreachable(url, error), retryAfter: null };
    }
  }
}

function isFailure(outcome: unknown): outcome is Failure {
  return typeof outcome === 'object' && outcome !== null && (outcome as Failure).error instanceof Error;
}

function lateAt(url: string, timeoutMs: number, cause: unknown): FlagtreeUnreachable {
  return new FlagtreeUnreachable(`The server at ${url} did not answer within ${timeoutMs / 1000} s.`, 'timed-out', true, null, {
    cause,
  });
}

function unreachable(url: string, cause: unknown): FlagtreeUnreachable {
  const why = codeOf(cause) ?? (cause as Error).message;
  return new FlagtreeUnreachable(`No server answers at ${url} (${why}).`, 'unreachable', !NEVER_ARRIVED.test(why), null, {
    cause,
  });
}

/** The system's word for it, however deep it is: fetch says only that it failed. */
function codeOf(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  return null;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
