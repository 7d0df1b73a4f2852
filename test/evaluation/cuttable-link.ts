import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a database that can be cut, as if the database had been stopped, and joined again. */
export class CuttableLink {
  private readonly sockets = new Set<Socket>();

  private constructor(
    /** The database's URL by way of this link. */
    readonly url: string,
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static async to(databaseUrl: string): Promise<CuttableLink> {
    const url = new URL(databaseUrl);
    const target = { host: url.hostname, port: Number(url.port || 5_432) };
    const server = createServer((from) => {
      const to = connect(target);
      for (const [socket, other] of [
        [from, to],
        [to, from],
      ] as const) {
        link.sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          link.sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
    const port = await listen(server, 0);
    url.host = `127.0.0.1:${String(port)}`;
    const link = new CuttableLink(url.href, server, port);
    return link;
  }

  /** Ends every connection and refuses new ones. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async join(): Promise<void> {
    await listen(this.server, this.port);
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The link has no port');
  return address.port;
}
