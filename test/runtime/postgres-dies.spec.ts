import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { editFlag, makeFlag } from '../evaluation/steps.js';
import { Reader } from '../streaming/reader.js';
import { Api } from '../support/api.js';
import { privatePostgresPid } from '../support/data-directory.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { isRunning } from './steps.js';

const BULK = '/ofrep/v1/evaluate/flags';
const CONTEXT = { context: { targetingKey: 'user-1' } };

let server: TestServer;
let api: Api;
let reader: Reader;
let edits = 0;

beforeAll(async () => {
  server = await startServer({ database: 'own' });
  api = await Api.of(server.url, server.adminToken);
  await makeFlag(api, 'lamp');
  reader = new Reader(`${server.url}/api/feature-flags/stream`, { token: server.adminToken });
  await reader.first(1);
});
afterAll(() => {
  reader.close();
});

const postgres = () => privatePostgresPid(server.dataDirectory) ?? NaN;
const checks = async () => (await api.get('/health/ready')).body.checks;
const write = () => api.patch('/api/admin/feature-flags/lamp', { percentage: ++edits / 1_000 });
const evaluate = () => api.post(`${BULK}/lamp`, CONTEXT);

const timesReady = () => server.logs().match(/private PostgreSQL is ready again/g)?.length ?? 0;

/** From the end of the old one to the new one, a write that is answered, and the reader that hears of it. */
async function recovers(end: (pid: number) => void): Promise<void> {
  const [before, known, heard] = [postgres(), timesReady(), reader.events.length];
  end(before);
  await until(() => timesReady() > known, 'the new one');
  expect(isRunning(before)).toBe(false);
  expect(isRunning(postgres())).toBe(true);
  await until(async () => (await write()).status === 200, 'a write');
  await until(() => reader.events.length > heard, 'the change on the stream');
  expect(reader.events.at(-1)).toMatchObject({ event: 'change', data: { keys: ['lamp'] } });
  expect((await checks()).privatePostgres).toEqual({ status: 'up' });
}

describe('the private PostgreSQL of a running server', () => {
  it('is started again when its first process is killed', async () => {
    await recovers((pid) => process.kill(pid, 'SIGKILL'));
    expect(server.logs()).toMatch(/the private PostgreSQL has ended by itself and is started again/);
  });

  it('is started again when all its processes are killed', async () => {
    await recovers((pid) => {
      for (const each of [pid, ...childrenOf(pid)]) process.kill(each, 'SIGKILL');
    });
  });

  it('is started again when somebody stops it', async () => {
    await recovers((pid) => process.kill(pid, 'SIGINT'));
  });
});

describe('while it cannot be started again', () => {
  // A stranger takes its port; the server, stopped meanwhile, cannot be faster.
  const stranger = createServer((socket) => socket.destroy());
  let evaluated: unknown;

  beforeAll(async () => {
    evaluated = (await evaluate()).body;
    process.kill(server.pid, 'SIGSTOP');
    const before = postgres();
    process.kill(before, 'SIGKILL');
    const { port } = new URL(server.databaseUrl);
    for (;;) {
      stranger.listen(Number(port), '127.0.0.1');
      const taken = await Promise.race([
        once(stranger, 'listening').then(() => true),
        once(stranger, 'error').then(() => false),
      ]).catch(() => false);
      if (taken) break;
    }
    process.kill(server.pid, 'SIGCONT');
    await until(async () => {
      const { privatePostgres, database } = await checks();
      return privatePostgres.status === 'degraded' && database.status === 'degraded';
    }, 'the notice in /health/ready');
  });

  it('/health/ready says so and stays 200, and the log says why', async () => {
    const { status, body } = await api.get('/health/ready');
    expect([status, body]).toMatchObject([
      200,
      {
        status: 'degraded',
        checks: {
          privatePostgres: { status: 'degraded', detail: expect.stringMatching(/ended by itself at .*attempt \d/) },
          database: { status: 'degraded' },
        },
      },
    ]);
    await until(() => /could not bind/.test(server.logs()), 'the reason in the log');
  });

  it('writes are refused with 503 and Retry-After, and every evaluation is answered', async () => {
    for (let round = 0; round < 20; round++) {
      const refused = await write();
      expect([refused.status, refused.body.code]).toEqual([503, 'database-away']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await evaluate()).toMatchObject({ status: 200, body: evaluated });
    }
  });

  it('streams stay open, and hear of the first change after it is back', async () => {
    const attempts = () => server.logs().match(/does not start again yet/g)?.length ?? 0;
    await until(() => attempts() >= 2, 'a second attempt');
    const heard = reader.events.length;
    stranger.close();
    await until(async () => (await checks()).privatePostgres.status === 'up', 'the next attempt');
    await until(async () => (await write()).status === 200, 'a write');
    await until(() => reader.events.length > heard, 'the change on the stream');
    expect([reader.connects, reader.disconnects]).toEqual([1, 0]);
    expect((await api.get('/api/flags/audit/verify')).body).toMatchObject({ valid: true, broken: [] });
  });
});

describe('a server that is stopped while its PostgreSQL is dead', () => {
  it('ends in order, and leaves none behind', async () => {
    await editFlag(api, 'lamp', { percentage: 100 });
    process.kill(postgres(), 'SIGKILL');
    const { code } = await server.stop();
    expect([code, code === 0 ? '' : server.logs()]).toEqual([0, '']);
  });
});

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

// A process may end while it is looked at.
function parentOf(pid: string): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return NaN;
  }
}
