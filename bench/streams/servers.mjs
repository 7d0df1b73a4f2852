import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const BARE = fileURLToPath(new URL('bare-server.mjs', import.meta.url));

/** The built server in a process of its own, with a private PostgreSQL unless `env` names another one. */
export async function startFlagtree(env = {}) {
  const parent = mkdtempSync(join(tmpdir(), 'flagtree-bench-'));
  chmodSync(parent, 0o755);
  const data = join(parent, 'data');
  const settings = { PORT: '0', FLAGTREE_DATA_DIR: data, FLAGTREE_LOG_LEVEL: 'warn', FLAGTREE_STREAM_RATE: '100000', ...env };
  const { child, url } = await start(MAIN, settings, /^ {2}API {2,}(http\S+)$/m);
  const token = env.FLAGTREE_ADMIN_TOKEN ?? readFileSync(join(data, 'admin-token'), 'utf8').trim();
  const databaseUrl = () => {
    if (env.DATABASE_URL) return env.DATABASE_URL;
    const password = /:flagtree:(\w+)$/m.exec(readFileSync(join(data, 'pgpass'), 'utf8'))[1];
    return `postgres://flagtree:${password}@127.0.0.1:${readFileSync(join(data, 'postgres-port'), 'utf8').trim()}/flagtree`;
  };
  const stop = async () => {
    await end(child);
    rmSync(parent, { recursive: true, force: true });
  };
  return { url, token, pid: child.pid, databaseUrl: databaseUrl(), stop };
}

/** The baseline: node:http and nothing else; `POST /` sends one event to every stream. */
export async function startBare() {
  const { child, url } = await start(BARE, {}, /^(http\S+)$/m);
  return { url, token: '', pid: child.pid, stop: () => end(child) };
}

async function start(entry, env, ready) {
  const child = spawn(process.execPath, [entry], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    child.on('exit', () => reject(new Error(`${entry} ended:\n${output}`)));
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
      const found = ready.exec(output)?.[1];
      if (found) resolve(found);
    });
  });
  return { child, url };
}

async function end(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** Resident memory of a process, in MB. */
export const memoryOf = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/** A way to PostgreSQL on which notifications get lost. */
export async function deafLink(databaseUrl) {
  const url = new URL(databaseUrl);
  const server = createServer((client) => {
    const database = connect(Number(url.port), url.hostname);
    client.pipe(database).on('error', () => client.destroy());
    client.on('error', () => database.destroy());
    let rest = Buffer.alloc(0);
    database.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
        const end = 1 + rest.readUInt32BE(1);
        if (rest[0] !== 0x41) client.write(rest.subarray(0, end));
        rest = rest.subarray(end);
      }
    });
    database.on('close', () => client.destroy());
    client.on('close', () => database.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(databaseUrl);
  through.host = `127.0.0.1:${server.address().port}`;
  return { url: through.href, close: () => server.close() };
}
