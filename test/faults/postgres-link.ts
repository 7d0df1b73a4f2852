import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to the notifications on their way from PostgreSQL. */
type Notifications = 'pass' | 'drop' | 'twice' | 'late';

/**
 * What happens to a COMMIT. `unanswered`: it is carried out, and the connection breaks before the answer. `lost`: the connection breaks before it
 * arrives. `swallowed`: it is carried out, and nothing more is heard. `stuck`: it does not arrive, and nobody is told.
 */
type Commits = 'pass' | 'unanswered' | 'lost' | 'swallowed' | 'stuck';

const COMMIT = Buffer.from('\0COMMIT\0').subarray(1);

const LATE_MS = 300;
const NOTIFICATION = 'A'.charCodeAt(0);

/** A way to a PostgreSQL that can fail as networks do: cut, half-open (nothing arrives and nobody is told), or without notifications. */
export class PostgresLink {
  notifications: Notifications = 'pass';
  commits: Commits = 'pass';
  /** How many COMMITs pass before that. */
  spared = 0;
  /** Told of each COMMIT that did not pass. */
  onFault: () => void = () => undefined;
  /** Whether new connections get through. */
  isOpen = true;
  private target = { host: '127.0.0.1', port: 5_432 };
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly sockets = new Set<Socket>();
  private readonly frozen = new WeakSet<Socket>();

  private constructor(
    /** The database's URL by way of this link. */
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async to(databaseUrl: string): Promise<PostgresLink> {
    const url = new URL(databaseUrl);
    const server = createServer((from) => { link.pair(from, connect(link.target)); }); // prettier-ignore
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url.host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const link: PostgresLink = new PostgresLink(url.href, server);
    link.leadTo(databaseUrl);
    return link;
  }

  /** New connections go to another server, as after a failover. */
  leadTo(databaseUrl: string): void {
    const { hostname, port } = new URL(databaseUrl);
    this.target = { host: hostname, port: Number(port || 5_432) };
  }

  /** The connections that exist become half-open: what either side sends is lost, and neither learns of it. New ones work. */
  freeze(): void {
    for (const pair of this.pairs) for (const socket of pair) this.frozen.add(socket);
  }

  /** The connections that exist end with a reset. */
  reset(): void {
    for (const [from, to] of this.pairs) {
      from.resetAndDestroy();
      to.destroy();
    }
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private pair(client: Socket, database: Socket): void {
    if (!this.isOpen) client.resetAndDestroy();
    const pair = [client, database] as const;
    this.pairs.add(pair);
    for (const [from, to] of [pair, [database, client] as const]) {
      this.sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.pairs.delete(pair);
        this.sockets.delete(from);
        if (!this.frozen.has(from)) to.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (this.frozen.has(client)) return;
      if (this.commits !== 'pass' && chunk.includes(COMMIT) && this.spared-- <= 0) this.fail(this.commits, chunk, pair);
      else database.write(chunk);
    });
    database.on('data', filteredMessages((message) => {
        if (!this.frozen.has(database)) this.deliver(message, client);
      }),
    ); // prettier-ignore
  }

  private fail(how: Commits, chunk: Buffer, [client, database]: readonly [Socket, Socket]): void {
    const silence = () => void [client, database].map((socket) => this.frozen.add(socket));
    if (how === 'stuck') silence();
    else if (how === 'lost') client.resetAndDestroy();
    else {
      database.removeAllListeners('data').once('data', how === 'swallowed' ? silence : () => client.resetAndDestroy());
      database.write(chunk);
    }
    this.onFault();
  }

  private deliver(message: Buffer, client: Socket): void {
    if (message[0] !== NOTIFICATION || this.notifications === 'pass') return void client.write(message);
    if (this.notifications === 'drop') return;
    if (this.notifications === 'twice') return void client.write(Buffer.concat([message, message]));
    setTimeout(() => client.write(message), Math.random() * LATE_MS);
  }
}

/** PostgreSQL speaks in messages: a letter, then the length of the rest. */
function filteredMessages(take: (message: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= 1 + rest.readUInt32BE(1)) {
      const end = 1 + rest.readUInt32BE(1);
      take(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}
