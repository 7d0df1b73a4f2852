import { gzipSync } from 'node:zlib';
import type { SnapshotDocument } from '../types/document.js';
import { TransportError } from '../transport/exchange.js';
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
