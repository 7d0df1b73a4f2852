import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ByteString } from './byte-string.js';

/** What a lean route reads of a request. Fastify's requests have it all, too. */
export interface LeanRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: IncomingMessage;
  readonly routeOptions: { readonly url?: string | undefined };
  readonly params: unknown;
  readonly query: unknown;
  /** The parsed JSON; undefined when there is none. */
  readonly body: unknown;
  readonly bodyText?: string | undefined;
}

/** How a lean route answers: once, with JSON or that nothing has changed. */
export interface LeanReply {
  /** `name` in lower case. */
  header(name: string, value: string): unknown;
  json(status: number, body: ByteString): void;
  notModified(): void;
}

/** Answers, or throws what the caller is to be told. */
export type LeanHandler = (request: LeanRequest, reply: LeanReply) => void | Promise<void>;
