import type { Clock } from '../clock.js';
import type { Settings } from '../settings/settings.js';
import { openStream, type OpenStream, type StreamListener } from './event-stream.js';
import { TransportError } from './exchange.js';
import { type HttpAnswer, send, type Sending } from './http.js';
import { readToken, tokenId } from './token.js';

type Words = Readonly<Record<string, string>>;

/** A way to the server. Its promises are rejected with nothing but a `TransportError`. */
export interface Connection {
  get(path: string, query: Words, headers: Words): Promise<HttpAnswer>;
  post(path: string, content: object): Promise<HttpAnswer>;
  /** The stream, once its head is there, or an answer that is none. */
  open(path: string, query: Words, headers: Words, listener: StreamListener): Promise<OpenStream | HttpAnswer>;
  /** Stands for the token, where its text must not. */
  identity(): Promise<string>;
  /** Whether the token would be another one if it were read again. */
  hasOtherToken(): Promise<boolean>;
  /** Gives up what is under way. */
  abort(why: string): void;
}

/** The requests of a client to its server: with its token, its environment and its patience. */
export class Server implements Connection {
  /** The token that was used last; null before the first request. Compared, never told. */
  private token: string | null = null;
  private current: { abort(why: string): void } | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async get(path: string, query: Words, headers: Words): Promise<HttpAnswer> {
    const own = await this.headers();
    return this.whole(
      send(
        { ...this.limits(), url: this.url(path, query), headers: { ...own, 'accept-encoding': 'gzip', ...headers } },
        this.clock,
      ),
    );
  }

  async open(path: string, query: Words, headers: Words, listener: StreamListener): Promise<OpenStream | HttpAnswer> {
    const own = { ...(await this.headers()), accept: 'text/event-stream', ...headers };
    const { headMs, maxBytes, agent } = this.limits();
    return openStream({ headMs, maxBytes, agent, url: this.url(path, query), headers: own }, this.clock, listener, (exchange) => {
      this.current = exchange;
    });
  }

  async post(path: string, content: object): Promise<HttpAnswer> {
    const headers = { ...(await this.headers()), 'content-type': 'application/json' };
    return send({ ...this.limits(), url: this.url(path, {}), headers, body: JSON.stringify(content) }, this.clock).answer;
  }

  async identity(): Promise<string> {
    try {
      return tokenId(await readToken(this.settings.token));
    } catch {
      return '';
    }
  }

  async hasOtherToken(): Promise<boolean> {
    if (typeof this.settings.token === 'string') return false;
    try {
      return (await readToken(this.settings.token)) !== this.token;
    } catch {
      return false;
    }
  }

  abort(why: string): void {
    this.current?.abort(why);
  }

  private async whole(sending: Sending): Promise<HttpAnswer> {
    this.current = sending;
    return sending.answer;
  }

  private async headers(): Promise<Record<string, string>> {
    const { environment, token } = this.settings;
    this.token = await readToken(token);
    return {
      authorization: `Bearer ${this.token}`,
      'user-agent': this.settings.userAgent,
      ...(environment !== null && { 'x-environment': environment }),
    };
  }

  private url(path: string, query: Words): URL {
    const { url } = this.settings;
    if (url === null) throw new TransportError('no server is named');
    const whole = new URL(`${url.pathname.replace(/\/+$/, '')}${path}`, url);
    for (const [name, value] of Object.entries(query)) whole.searchParams.set(name, value);
    return whole;
  }

  private limits() {
    const { headMs, totalMs, maxBytes, agent } = this.settings;
    return { headMs, totalMs, maxBytes, agent };
  }
}
