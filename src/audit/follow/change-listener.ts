import { randomBytes } from 'node:crypto';
import pg from 'pg';

const RECONNECT_MS = 2_000;
const HEARTBEAT_MS = 10_000;
const ECHO_MS = 3_000;
const ANSWER_MS = 5_000;

/**
 * `listening`: notifications arrive, as an echo has shown. `deaf`: the connection works and they do not, as behind a pooler in transaction
 * mode. `away`: there is no connection.
 */
export type Hearing = 'connecting' | 'listening' | 'deaf' | 'away';

interface Options {
  /** Asked at each connection. */
  url: () => string;
  /** Sends a notification on another connection than the listening one. */
  notify: (channel: string) => Promise<unknown>;
  /** Told of every notification, and after every (re)connection: something may have changed. */
  heard: () => void;
  /** Told when it becomes another one. */
  hearing: (hearing: Hearing) => void;
}

/**
 * LISTEN on a connection of its own, outside of the pool. Every heartbeat is a notification to itself: what comes back proves both that the
 * connection lives (half-open ones do not end by themselves) and that notifications pass whatever lies between here and the database.
 */
export class ChangeListener {
  private readonly echoChannel = `flagtree_echo_${randomBytes(8).toString('hex')}`;
  private client: pg.Client | null = null;
  private state: Hearing = 'connecting';
  private timer: NodeJS.Timeout | undefined;
  private echoed: () => void = () => undefined;
  private stopped = false;

  constructor(private readonly options: Options) {}

  async start(): Promise<void> {
    const client = this.connection();
    this.client = client;
    try {
      await client.connect();
      await client.query(`LISTEN flagtree; LISTEN ${this.echoChannel}`);
      this.options.heard();
      await this.beat(client);
    } catch {
      this.lose(client);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.echoed();
    await this.client?.end().catch(() => undefined);
  }

  private connection(): pg.Client {
    const client = new pg.Client({
      connectionString: this.options.url(),
      application_name: 'flagtree/change-feed',
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    });
    client.on('error', () => { this.lose(client); }); // prettier-ignore
    client.on('end', () => { this.lose(client); }); // prettier-ignore
    client.on('notification', ({ channel }) => {
      if (channel === this.echoChannel) this.echoed();
      else this.options.heard();
    });
    return client;
  }

  /** @throws when the connection does not answer. */
  private async beat(client: pg.Client): Promise<void> {
    const heard = await this.echo();
    if (!heard) await client.query('SELECT 1');
    if (this.client !== client || this.stopped) return;
    if (heard !== null) this.become(heard ? 'listening' : 'deaf');
    this.timer = setTimeout(() => void this.beat(client).catch(() => { this.lose(client); }), HEARTBEAT_MS).unref(); // prettier-ignore
  }

  /** Null: it could not be tried, because nothing could be sent. */
  private async echo(): Promise<boolean | null> {
    let timer: NodeJS.Timeout | undefined;
    const heard = new Promise<boolean>((resolve) => {
      this.echoed = () => { resolve(true); }; // prettier-ignore
      timer = setTimeout(resolve, ECHO_MS, false).unref();
    });
    try {
      await this.options.notify(this.echoChannel);
      return await heard;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  private lose(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = null;
    clearTimeout(this.timer);
    client.end().catch(() => undefined);
    if (this.stopped) return;
    this.become('away');
    this.timer = setTimeout(() => void this.start(), RECONNECT_MS * (0.5 + Math.random())).unref();
  }

  private become(state: Hearing): void {
    if (state === this.state) return;
    this.state = state;
    this.options.hearing(state);
  }
}
