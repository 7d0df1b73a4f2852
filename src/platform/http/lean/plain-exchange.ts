import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerBeforeBody, awaitsBody } from '../problems/before-body.js';
import { everyAnswer } from '../every-answer.js';
import { byteString, type ByteString } from '../byte-string.js';
import type { LeanReply, LeanRequest } from '../request.js';
import type { LeanRoute } from './lean-route.js';
import { problemOf } from '../problems/problem.filter.js';

/** A request that Node alone has read. */
export class PlainRequest implements LeanRequest {
  body: unknown = undefined;
  bodyText: string | undefined = undefined;

  constructor(
    readonly id: string,
    readonly raw: IncomingMessage,
    readonly routeOptions: LeanRoute,
    readonly params: unknown,
    readonly query: unknown,
  ) {}

  get method(): string {
    return this.routeOptions.method;
  }

  get url(): string {
    return this.raw.url as string;
  }

  get headers(): IncomingMessage['headers'] {
    return this.raw.headers;
  }
}

/** Is told of each answer as soon as it has been written. */
export type Answered = (request: PlainRequest, reply: PlainReply) => void;

/** Writes an answer, head and body at once, with nothing between it and Node. */
export class PlainReply implements LeanReply {
  statusCode = 200;
  /** Milliseconds from the arrival of the request to the end of the answer. */
  elapsedTime = 0;
  private isSent = false;
  private readonly arrived = performance.now();
  /** Names and values in turns. */
  private readonly head: string[];

  constructor(
    private readonly request: PlainRequest,
    private readonly raw: ServerResponse,
    private readonly answered: Answered,
  ) {
    this.head = everyAnswer(request);
  }

  header(name: string, value: string): void {
    const { head } = this;
    for (let at = 0; at < head.length; at += 2) {
      if (head[at] !== name) continue;
      head[at + 1] = value;
      return;
    }
    head.push(name, value);
  }

  getHeader(name: string): string | undefined {
    const { head } = this;
    for (let at = 0; at < head.length; at += 2) if (head[at] === name) return head[at + 1];
    return undefined;
  }

  json(status: number, body: ByteString): void {
    this.send(status, 'application/json; charset=utf-8', body);
  }

  notModified(): void {
    this.begin(304);
    this.raw.end();
    this.end();
  }

  /** Tells the caller of an error; does nothing where it has an answer already. */
  problem(error: unknown): void {
    if (this.isSent) return;
    const { request } = this;
    const problem = problemOf(error, request);
    const { status, type, body } = request.routeOptions.problemAs(problem, request);
    for (const [name, value] of Object.entries(problem.headers)) this.header(name, value);
    const text = byteString(JSON.stringify(body));
    if (!awaitsBody(request.raw)) {
      this.send(status, type, text);
      return;
    }
    this.measure(type, text);
    this.isSent = true;
    this.statusCode = status;
    answerBeforeBody(request.raw, this.raw, { status, head: this.head, body: text });
    this.end();
  }

  private send(status: number, type: string, body: ByteString): void {
    this.measure(type, body);
    this.begin(status);
    this.raw.end(body, 'latin1');
    this.end();
  }

  private measure(type: string, body: ByteString): void {
    this.header('content-type', type);
    this.header('content-length', String(body.length));
  }

  private begin(status: number): void {
    this.raw.writeHead(status, this.head);
    this.isSent = true;
    this.statusCode = status;
  }

  private end(): void {
    this.elapsedTime = performance.now() - this.arrived;
    this.answered(this.request, this);
  }
}
