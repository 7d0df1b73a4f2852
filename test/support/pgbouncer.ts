import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const NOBODY = 65_534;

export interface Pooler {
  /** The database's URL by way of the pooler. */
  url: string;
  stop: () => Promise<void>;
}

/** Where Debian and others put it, too, though it may not be in everybody's PATH. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

export const hasPgbouncer = spawnSync('pgbouncer', ['--version'], { env: { PATH } }).status === 0;

/** A pgbouncer in transaction mode before a database: two statements of one client may run in different sessions of PostgreSQL. */
export async function startPgbouncer(databaseUrl: string, ignored: string): Promise<Pooler> {
  const url = new URL(databaseUrl);
  const folder = mkdtempSync(join(tmpdir(), 'flagtree-pgbouncer-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  const password = url.password === '' ? '' : ` password=${decodeURIComponent(url.password)}`;
  const settings = [
    '[databases]',
    `* = host=${url.hostname} port=${url.port || '5432'} user=${url.username}${password}`,
    '[pgbouncer]',
    `listen_addr = 127.0.0.1\nlisten_port = ${String(port)}\nunix_socket_dir =\nauth_type = any`,
    'pool_mode = transaction\ndefault_pool_size = 6\nmax_client_conn = 200',
    ...(ignored === '' ? [] : [`ignore_startup_parameters = ${ignored}`]),
  ];
  writeFileSync(file, settings.join('\n'), { mode: 0o644 });
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn('pgbouncer', [file], { ...account, cwd: '/', env: { PATH }, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await answers(port);
  url.host = `127.0.0.1:${String(port)}`;
  return {
    url: url.href,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(() => true, () => false); // prettier-ignore
    socket.destroy();
    if (isThere) return;
    await sleep(50);
  }
  throw new Error('pgbouncer does not answer');
}
