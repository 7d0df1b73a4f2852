import type { IncomingMessage } from 'node:http';
import type { CorsOrigins } from '../../config/http-parsers.js';

/** Names and values. */
type Headers = [name: string, value: string][];

/** What pages of other origins may ask: OFREP and its event stream, nothing else. */
const BELOW = '/ofrep/';
const METHODS = 'GET, HEAD, POST';
const EXPOSED = 'ETag, Retry-After, X-Request-Id, X-Resolved-Environment';
const MAX_AGE_SECONDS = 7_200;

/** CORS (Fetch, 3.3) for evaluation. There are no cookies, so no answer allows credentials. */
export class CrossOrigin {
  private readonly allowedHeaders: string;

  constructor(
    private readonly origins: CorsOrigins,
    environmentHeader: string,
  ) {
    const named = environmentHeader.replace(/(?<![^-])[a-z]/g, (letter) => letter.toUpperCase());
    this.allowedHeaders = `Authorization, X-API-Key, Content-Type, If-None-Match, ${named}`;
  }

  /** What an answer says of its reader, refusals included, before it is known who asks. */
  headersOf({ url = '', headers: { origin } }: IncomingMessage): Headers {
    if (!url.startsWith(BELOW)) return [];
    return [VARY, ...(origin !== undefined && this.origins.named.has(origin) ? readableBy(origin) : [])];
  }

  /** What the answer to a preflight says besides; null: it is none, or one of a page that may not ask. */
  preflight({ method, url = '', headers }: IncomingMessage): Headers | null {
    const { origin } = headers;
    if (method !== 'OPTIONS' || origin === undefined || !url.startsWith(BELOW)) return null;
    if (headers['access-control-request-method'] === undefined) return null;
    if (!this.origins.any && !this.origins.named.has(origin)) return null;
    return [
      ['access-control-allow-origin', origin],
      ['access-control-allow-methods', METHODS],
      ['access-control-allow-headers', this.allowedHeaders],
      ['access-control-max-age', String(MAX_AGE_SECONDS)],
    ];
  }

  /** What an answer to a public token says besides, which anybody can read in the page that holds it. */
  headersForPublicToken({ url = '', headers: { origin } }: IncomingMessage): Headers {
    return this.origins.any && origin !== undefined && url.startsWith(BELOW) ? readableBy(origin) : [];
  }
}

const VARY: Headers[number] = ['vary', 'Origin'];

const readableBy = (origin: string): Headers => [
  ['access-control-allow-origin', origin],
  ['access-control-expose-headers', EXPOSED],
];
