import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from '@jest/globals';
import { Redis } from 'ioredis';
import { canonicalJson } from '@flagtree/engine';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

/** A database of its own on the real Redis: the mirror deletes what it does not know. */
export const REDIS_URL = process.env['FLAGTREE_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379/9';
export const MARKER = 'flagtree:mirror';
const CHANGES = 'flags:changes';

const answers = await isThere(REDIS_URL);

/** The tests of `describe`, where there is a Redis. */
export const describeWithRedis = answers ? describe : describe.skip;
export const WHERE = answers ? REDIS_URL : `skipped: nobody answers at ${REDIS_URL}`;

async function isThere(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 1_000 });
  redis.on('error', () => undefined);
  const there = await redis.connect().then(() => redis.ping()).then(() => true, () => false); // prettier-ignore
  redis.disconnect();
  return there;
}

/** Until it holds, or the time is over; then what it is instead is told. */
export async function eventually(assertion: () => Promise<void>, withinMs = 5_000): Promise<void> {
  for (const until = Date.now() + withinMs; ;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(25);
    }
  }
}

interface Mirrored {
  revision: number;
  checksum: string;
  key: string;
}

interface Message {
  environment: string | null;
  aliases: string[] | null;
  revision: number;
  changed: string[] | null;
  deleted: string[] | null;
}

/** Servers with a mirror, what is in it, and what its readers are told. */
export class WatchedMirror {
  readonly redis = new Redis(REDIS_URL);
  messages: Message[] = [];
  servers: Server[] = [];
  private readonly listener = new Redis(REDIS_URL);
  private lastApi: Api | undefined;

  static async open(): Promise<WatchedMirror> {
    const mirror = new WatchedMirror();
    mirror.listener.on('message', (_, text: string) => mirror.messages.push(JSON.parse(text) as Message));
    await mirror.listener.subscribe(CHANGES);
    return mirror;
  }

  async close(): Promise<void> {
    await this.redis.flushdb();
    this.redis.disconnect();
    this.listener.disconnect();
  }

  /** That of the server that was started last. */
  get api(): Api {
    if (!this.lastApi) throw new Error('No server has been started');
    return this.lastApi;
  }

  async start(url = REDIS_URL, options: Parameters<typeof startServer>[0] = {}): Promise<Api> {
    const server = await startServer({
      ...options,
      env: { REDIS_URL: url, FLAGTREE_POLL_INTERVAL: '500ms', ...options.env },
    });
    this.servers.push(server);
    this.lastApi = await Api.of(server.url, server.adminToken);
    return this.lastApi;
  }

  async startWithFlags(env: Record<string, string> = {}): Promise<void> {
    await this.start(REDIS_URL, { env });
    await this.api.post('/api/admin/feature-flags', { key: 'checkout', enabled: true });
    await this.api.post('/api/admin/feature-flags', { key: 'search' });
    await eventually(this.isComplete);
    this.messages = [];
  }

  /** Stops the servers, and leaves an empty Redis to the next ones. */
  async end(): Promise<void> {
    for (const server of this.servers.splice(0).reverse()) await server.stop();
    await this.redis.flushdb();
    this.messages = [];
  }

  async mirrored(environment: string, flag: string): Promise<Mirrored | null> {
    return JSON.parse((await this.redis.get(`flags:${environment}:${flag}`)) ?? 'null') as Mirrored | null;
  }

  async keys(): Promise<string[]> {
    return (await this.redis.keys('flags:*')).sort();
  }

  async revisionNow(): Promise<number> {
    return (await this.api.get('/api/admin/environments')).body.items[0].revision as number;
  }

  /** Each key has exactly what the server itself gives to those who evaluate for themselves. */
  readonly isComplete = async (): Promise<void> => {
    const expected: Record<string, unknown> = {};
    for (const { slug, aliases, isActive } of (await this.api.get('/api/admin/environments')).body.items as {
      slug: string;
      aliases: string[];
      isActive: boolean;
    }[]) {
      if (!isActive) continue;
      const { flags } = (await this.api.get(`/api/feature-flags/snapshot?env=${slug}`)).body;
      for (const [key, flag] of Object.entries(flags as object))
        for (const name of [slug, ...aliases]) expected[`flags:${name}:${key}`] = { key, ...flag };
    }
    const found: Record<string, unknown> = {};
    for (const key of await this.keys()) {
      const { revision, checksum, ...content } = JSON.parse((await this.redis.get(key)) ?? '');
      expect(checksum).toBe(createHash('sha256').update(canonicalJson(content)).digest('hex'));
      expect(revision).toBeGreaterThan(0);
      const { segments: _segments, ...flag } = content;
      found[key] = flag;
    }
    expect(found).toEqual(expected);
    expect(Number(await this.redis.get(MARKER))).toBe(await this.revisionNow());
  };
}
