import { gzipSync } from 'node:zlib';
import type { SnapshotDocument } from '../types/document.js';
import { TransportError } from '../transport/exchange.js';
import type { OpenStream, StreamListener } from '../transport/event-stream.js';
import type { HttpAnswer } from '../transport/http.js';
import type { Connection } from '../transport/server.js';

export interface Asked {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** A server whose answers a spec decides, one for each request; the last one stands for all that follow. */
export class FakeServer implements Connection {
  readonly asked: Asked[] = [];
  readonly opened: Asked[] = [];
  readonly posted: { path: string; content: unknown }[] = [];
  otherToken = false;
  private script: ((asked: Asked) => HttpAnswer | Promise<HttpAnswer>)[] = [];

  answers(...script: ((asked: Asked) => HttpAnswer | Promise<HttpAnswer>)[]): this {
    this.script = script;
    return this;
  }

  async get(path: string, query: Asked['query'], headers: Asked['headers']): Promise<HttpAnswer> {
    const asked = { path, query, headers };
    this.asked.push(asked);
    const answer = this.script.length > 1 ? this.script.shift() : this.script[0];
    if (!answer) throw new TransportError('nobody is there');
    return answer(asked);
  }

  post(path: string, content: object): Promise<HttpAnswer> {
    this.posted.push({ path, content });
    return Promise.resolve(status(202)());
  }

  /** Streams that were opened, and still are. */
  readonly streams: FakeStream[] = [];
  /** What a stream is answered with; by default it opens and says nothing. */
  opens: ((asked: Asked, stream: FakeStream) => HttpAnswer | FakeStream) | null = null;

  async open(
    path: string,
    query: Asked['query'],
    headers: Asked['headers'],
    listener: StreamListener,
  ): Promise<OpenStream | HttpAnswer> {
    const asked = { path, query, headers };
    this.opened.push(asked);
    const stream = new FakeStream(listener, () => { this.streams.splice(this.streams.indexOf(stream), 1); }); // prettier-ignore
    const answer = await Promise.resolve(this.opens === null ? stream : this.opens(asked, stream));
    if (answer === stream) this.streams.push(stream);
    return answer;
  }

  identity(): Promise<string> {
    return Promise.resolve('id');
  }

  hasOtherToken(): Promise<boolean> {
    return Promise.resolve(this.otherToken);
  }

  abort(): void {
    // nothing of a fake is under way
  }
}

/** The document, or 304 to who has it. */
export const serves =
  (document: SnapshotDocument) =>
  ({ headers }: Asked): HttpAnswer =>
    headers['if-none-match'] === `"${document.etag}"` ? status(304)() : text(JSON.stringify(document));

export const text = (body: string, code = 200, headers: HttpAnswer['headers'] = {}): HttpAnswer => {
  const bytes = Buffer.from(body);
  return { status: code, headers, body: bytes, bytes: gzipSync(bytes).length };
};

export const status =
  (code: number, problem: object = {}, headers: HttpAnswer['headers'] = {}) =>
  (): HttpAnswer =>
    text(JSON.stringify(problem), code, headers);

export const unreachable = (): never => {
  throw new TransportError('https://flags.test cannot be reached: connect ECONNREFUSED');
};

/** An event stream at whose other end a spec is. */
export class FakeStream implements OpenStream {
  private isOpen = true;

  constructor(
    private readonly listener: StreamListener,
    private readonly left: () => void,
  ) {}

  say(event: string, data: object | string, id = ''): this {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    this.listener.bytes(text.length);
    this.listener.event({ event, data: text, id });
    return this;
  }

  /** Where the server is, as it says at first. */
  current({ environment, revision, etag }: SnapshotDocument): this {
    return this.say('current', { environment, revision, etag, heartbeatMs: 15_000 });
  }

  heartbeat(): void {
    this.listener.bytes(3);
  }

  end(retryMs: number | null = null): void {
    this.leave('the server has ended the stream', retryMs);
  }

  close(why: string): void {
    this.leave(why, null);
  }

  private leave(why: string, retryMs: number | null): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.left();
    this.listener.ended(why, retryMs);
  }
}
