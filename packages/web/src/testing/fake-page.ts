/** What a page has around it, as far as the client asks for it, in Node. */
export class FakePage {
  readonly requests: { url: string; headers: Record<string, string>; context: unknown; signal: AbortSignal }[] = [];
  readonly storage = new Map<string, string>();
  readonly sources: FakeEventSource[] = [];
  readonly locks = new FakeLocks();
  /** What the server answers: a body, a status, or nothing at all. */
  answer: (request: { context: unknown; headers: Record<string, string> }) => Reply | Promise<Reply> = () => ({ flags: [] });

  install(): void {
    const sources = this.sources;
    const storage = this.storage;
    const given: Record<string, unknown> = {
      document: Object.assign(new EventTarget(), { hidden: false }),
      window: new EventTarget(),
      location: new URL('https://shop.example/cart'),
      localStorage: {
        getItem: (key: string) => storage.get(key) ?? null,
        setItem: (key: string, value: string) => storage.set(key, value),
      },
      navigator: { locks: this.locks },
      BroadcastChannel: FakeChannel,
      reportError: (error: unknown) => this.reported.push(error),
      fetch: (url: string, init: { headers: Record<string, string>; body: string; signal: AbortSignal }) => this.take(url, init),
      EventSource: class extends FakeEventSource {
        constructor(url: string) {
          super(url);
          sources.push(this);
        }
      },
    };
    for (const [name, value] of Object.entries(given))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }

  readonly reported: unknown[] = [];

  hide(hidden: boolean): void {
    Object.assign(document, { hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }

  private async take(
    url: string,
    { headers, body, signal }: { headers: Record<string, string>; body: string; signal: AbortSignal },
  ) {
    const request = { url, headers, signal, context: (JSON.parse(body) as { context: unknown }).context };
    this.requests.push(request);
    const { status = 200, etag, retryAfter, ...rest } = await this.answer(request);
    if (status === 0) throw new TypeError('Failed to fetch');
    return new Response(status === 304 ? null : JSON.stringify(rest), {
      status,
      headers: { ...(etag && { etag }), ...(retryAfter && { 'retry-after': retryAfter }) },
    });
  }
}

export interface Reply {
  status?: number;
  etag?: string;
  retryAfter?: string;
  flags?: unknown;
  metadata?: object;
  eventStreams?: unknown[];
  errorDetails?: string;
}

export class FakeEventSource {
  readyState = 1;
  onmessage: (event: { data: string }) => void = () => undefined;
  onerror: () => void = () => undefined;

  constructor(readonly url: string) {}

  tell(data: object): void {
    this.onmessage({ data: JSON.stringify(data) });
  }

  close(): void {
    this.readyState = 2;
  }
}

/** One holder at a time, in the order of their wishes. */
class FakeLocks {
  private last: Promise<unknown> = Promise.resolve();

  request(_name: string, action: () => unknown): Promise<unknown> {
    this.last = this.last.then(action);
    return this.last;
  }
}

/** Tells all others of its name, at once. */
class FakeChannel {
  private static readonly open = new Set<FakeChannel>();
  onmessage: (event: { data: unknown }) => void = () => undefined;

  constructor(readonly name: string) {
    FakeChannel.open.add(this);
  }

  postMessage(data: unknown): void {
    for (const other of FakeChannel.open) if (other !== this && other.name === this.name) other.onmessage({ data });
  }

  close(): void {
    FakeChannel.open.delete(this);
  }
}
