import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { PostgresLink } from '../faults/postgres-link.js';
import { Api } from '../support/api.js';
import { createDataDirectory, removeDataDirectory } from '../support/data-directory.js';
import { createDatabase, type Database } from '../support/database.js';
import { type Server, startServer } from '../support/server.js';

const TOKEN = 'one-token-for-all-of-the-servers-here';

/** One of the servers: at the same address and with the same data directory however often it is killed. */
export class Node {
  private server: Server | null = null;
  private readonly dataDirectory = createDataDirectory();
  /** How often it was started; what was asked of an earlier one says nothing of this one. */
  starts = 0;
  api!: Api;

  private constructor(
    readonly name: string,
    readonly link: PostgresLink,
    private readonly port: number,
  ) {}

  static async start(name: string, databaseUrl: string): Promise<Node> {
    const node = new Node(name, await PostgresLink.to(databaseUrl), await freePort());
    await node.start();
    node.api = await Api.of(`http://127.0.0.1:${String(node.port)}`, TOKEN);
    return node;
  }

  get isUp(): boolean {
    return this.server !== null;
  }

  get logs(): string {
    return this.server?.logs() ?? '';
  }

  signal(signal: NodeJS.Signals): void {
    if (this.server) process.kill(this.server.pid, signal);
  }

  async end(how: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { server } = this;
    this.server = null;
    await (how === 'SIGKILL' ? server?.kill() : server?.stop());
  }

  async start(): Promise<void> {
    this.starts++;
    this.server = await startServer({
      dataDirectory: this.dataDirectory,
      database: this.link.url,
      env: {
        PORT: String(this.port),
        FLAGTREE_ADMIN_TOKEN: TOKEN,
        FLAGTREE_LOG_LEVEL: 'warn',
        FLAGTREE_STREAM_RATE: '10000',
        FLAGTREE_POLL_INTERVAL: '1s',
        FLAGTREE_SHUTDOWN_TIMEOUT: '2s',
      },
    });
  }

  async remove(): Promise<void> {
    await this.end('SIGTERM');
    await this.link.close();
    removeDataDirectory(this.dataDirectory);
  }
}

/** Two servers of one database, each with a way of its own to it. */
export class Cluster {
  private constructor(
    readonly database: Database,
    readonly nodes: readonly [Node, Node],
  ) {}

  static async start(): Promise<Cluster> {
    const database = await createDatabase();
    const first = await Node.start('first', database.url);
    return new Cluster(database, [first, await Node.start('second', database.url)]);
  }

  async remove(): Promise<void> {
    for (const node of this.nodes) await node.remove();
    await this.database.drop();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
