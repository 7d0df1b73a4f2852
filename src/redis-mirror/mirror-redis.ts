import { Redis } from 'ioredis';
import { FINGERPRINTS, MOST_DIGITS, WRITE } from './mirror-scripts.js';

export const MARKER = 'flagtree:mirror';
export const CHANNEL = 'flags:changes';

export const keyOf = (environment: string, flag: string) => `flags:${environment}:${flag}`;

/** The environment and the flag of a key of ours; null for anybody else's. */
export function partsOfKey(key: string): { environment: string; flag: string } | null {
  const [, environment, flag] = /^flags:([a-z0-9][a-z0-9_-]{0,62}):([^:]+)$/.exec(key) ?? [];
  return environment === undefined || flag === undefined ? null : { environment, flag };
}

/**
 * `change`: from one revision to a later one, refused unless the mirror holds at least the first. `repair`: whatever it holds, up to this
 * revision. `replace`: also what claims to be newer, which can then only be of another history.
 */
export type WriteMode = 'change' | 'repair' | 'replace';

export interface MirrorWrite {
  mode: WriteMode;
  /** For `change`: what the mirror must hold at least. */
  from: number;
  to: number;
  /** By key; null deletes. */
  values: ReadonlyMap<string, string | null>;
  /** The last write to bring the mirror to `to`: sets the marker, and publishes these. Null: more will follow. */
  finish: readonly string[] | null;
}

/** `newer`: somebody was faster, and holds at least `to`. `behind`, `lost`: it does not hold `from`, or nothing at all. */
export type WriteOutcome = 'written' | 'newer' | 'behind' | 'lost';

interface Scripts {
  mirrorWrite(keyCount: number, ...rest: (string | number)[]): Promise<WriteOutcome>;
  mirrorFingerprints(keyCount: number, ...keys: string[]): Promise<string[]>;
}

const COMMAND_MS = 5_000;
const RECONNECT_MS = { least: 200, most: 5_000 };

/** The few things that the mirror does in Redis. Nothing is queued while there is no connection: each call fails at once. */
export class MirrorRedis {
  private readonly redis: Redis & Scripts;
  private isClosing = false;

  constructor(url: string) {
    this.redis = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: COMMAND_MS,
      commandTimeout: COMMAND_MS,
      connectionName: 'flagtree-mirror',
      retryStrategy: (attempt) => Math.min(RECONNECT_MS.least * 2 ** attempt, RECONNECT_MS.most) * (0.5 + Math.random() / 2),
      scripts: { mirrorWrite: { lua: WRITE }, mirrorFingerprints: { lua: FINGERPRINTS } },
    }) as Redis & Scripts;
  }

  /** Calls back on each connection that is ready, and on each loss of one; not on the end that `close()` makes. */
  open(onReady: () => void, onLost: (why: string) => void): void {
    let why = 'the connection ended';
    this.redis.on('ready', onReady);
    this.redis.on('error', (error) => (why = error.message));
    this.redis.on('close', () => {
      if (!this.isClosing) onLost(why);
    });
    this.redis.connect().catch(() => undefined); // told by the events, and tried again
  }

  get isReady(): boolean {
    return this.redis.status === 'ready';
  }

  close(): void {
    this.isClosing = true;
    this.redis.disconnect();
  }

  /** The revision that the whole mirror holds; null: it was never finished, or is lost, or something else lies there. */
  async revision(): Promise<number | null> {
    const marker = await this.redis.get(MARKER).catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return null;
      throw error;
    });
    return marker !== null && /^\d+$/.test(marker) && marker.length <= MOST_DIGITS ? Number(marker) : null;
  }

  write({ mode, from, to, values, finish }: MirrorWrite): Promise<WriteOutcome> {
    const keys = [...values.keys()];
    const texts = [...values.values()].map((value) => value ?? '');
    const messages = finish ?? [];
    return this.redis.mirrorWrite(
      keys.length + 1,
      MARKER,
      ...keys,
      mode,
      from,
      to,
      finish ? 1 : 0,
      CHANNEL,
      messages.length,
      ...messages,
      ...texts,
    );
  }

  /** In the order of the keys; empty where there is no value. */
  fingerprints(keys: readonly string[]): Promise<string[]> {
    return keys.length === 0 ? Promise.resolve([]) : this.redis.mirrorFingerprints(keys.length, ...keys);
  }

  /** Every key that looks like one of a flag, page by page. */
  async *keys(): AsyncGenerator<string[]> {
    let cursor = '0';
    do {
      const [next, keys] = await this.redis.scan(cursor, 'MATCH', 'flags:*', 'COUNT', 1_000);
      cursor = next;
      yield keys;
    } while (cursor !== '0');
  }
}
