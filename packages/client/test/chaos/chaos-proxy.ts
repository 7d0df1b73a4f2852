import { connect, createServer, type Server, type Socket } from 'node:net';

export const FAULTS = ['delay', 'half-open', 'trickle', 'corrupt', 'cut', 'refuse', 'html', 'bad-gateway'] as const;
/** What the way to the server does with the bytes that come from it. */
export type Fault = (typeof FAULTS)[number];

const PAGE = '<!doctype html><title>Welcome to the hotel</title>';
const INSTEAD: Partial<Record<Fault, string>> = {
  html: `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${String(PAGE.length)}\r\nConnection: close\r\n\r\n${PAGE}`,
  'bad-gateway': 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
};

/** A way to a server that does what networks and what stands in them do. */
export class ChaosProxy {
  fault: Fault | null = null;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  /** `random`: from 0 to 1. */
  constructor(
    private readonly target: URL,
    private readonly random: () => number,
  ) {
    this.server = createServer((client) => { this.join(client); }); // prettier-ignore
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.server.address() as { port: number }).port)}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(client: Socket): void {
    const instead = this.fault === null ? undefined : INSTEAD[this.fault];
    this.keep(client);
    if (this.fault === 'refuse') client.destroy();
    else if (instead !== undefined) client.once('data', () => client.end(instead));
    else this.lead(client);
  }

  private lead(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    this.keep(upstream);
    client.pipe(upstream);
    client.on('close', () => upstream.destroy());
    let before = Promise.resolve();
    const inOrder = (act: () => Promise<void> | void) => (before = before.then(act));
    upstream.on('data', (bytes: Buffer) => void inOrder(() => this.pass(bytes, client)));
    upstream.on('close', () => void inOrder(() => void client.end()));
  }

  private async pass(bytes: Buffer, client: Socket): Promise<void> {
    const at = Math.floor(this.random() * bytes.length);
    switch (this.fault) {
      case 'half-open':
        return;
      case 'cut':
      case 'refuse':
        client.write(bytes.subarray(0, at));
        client.destroy();
        return;
      case 'corrupt':
        // what no text, no head and no checksum survives: what is not to be noticed is for TLS to notice
        client.write(Buffer.concat([bytes.subarray(0, at), Buffer.of(0), bytes.subarray(at + 1)]));
        return;
      case 'delay':
        await pause(300);
        break;
      case 'trickle':
        for (let from = 0; from < bytes.length && !client.destroyed; from += 64) {
          client.write(bytes.subarray(from, from + 64));
          await pause(20);
        }
        return;
      default:
    }
    client.write(bytes);
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
