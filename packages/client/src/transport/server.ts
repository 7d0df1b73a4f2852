import type { Clock } from '../clock.js';
import type { Settings } from '../settings/settings.js';
import { TransportError } from './exchange.js';
import { type HttpAnswer, send, type Sending } from './http.js';
import { readToken } from './token.js';

type Words = Readonly<Record<string, string>>;

/** A way to the server. Its promises are rejected with nothing but a `TransportError`. */
export interface Connection {
  get(path: string, query: Words, headers: Words): Promise<HttpAnswer>;
  post(path: string, content: object): Promise<HttpAnswer>;
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

  async post(path: string, content: object): Promise<HttpAnswer> {
    const headers = { ...(await this.headers()), 'content-type': 'application/json' };
    return send({ ...this.limits(), url: this.url(path, {}), headers, body: JSON.stringify(content) }, this.clock).answer;
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
