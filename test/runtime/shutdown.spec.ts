import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { createDataDirectory, privatePostgresPid, removeDataDirectory } from '../support/data-directory.js';
import { startServer } from '../support/server.js';
import { until } from '../support/until.js';
import { holdLedger } from './held-ledger.js';
import { createFlag, isRunning } from './steps.js';

describe('SIGTERM', () => {
  it('stops the server and its private PostgreSQL, and ends with 0', async () => {
    const server = await startServer({ database: 'own' });
    const postgres = privatePostgresPid(server.dataDirectory);
    expect(isRunning(postgres)).toBe(true);
    process.kill(server.pid, 'SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(isRunning(postgres)).toBe(false);
    expect(server.logs()).not.toMatch(/"level":"(?:warn|error|fatal)"(?!.*owns its tables)/);
    await server.stop();
  });

  it('lets a write that is under way finish', async () => {
    const server = await startServer();
    const ledger = await holdLedger(server.databaseUrl);
    const write = createFlag(server, 'in-flight');
    await ledger.waitedFor();
    process.kill(server.pid, 'SIGTERM');
    await until(() => server.logs().includes('"stopping"'));
    await ledger.release();
    expect((await write).status).toBe(201);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(server.logs()).not.toContain('took longer than'); // the connection of the write is kept for none after it
    await server.stop();
  });

  it('waits for nobody who has connected and asked nothing, as browsers do beforehand', async () => {
    const server = await startServer();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket.resume(), 'close');
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    await closed;
    expect(server.logs()).not.toContain('took longer than');
  });

  it('waits for it no longer than the shutdown timeout', async () => {
    const server = await startServer({ env: { FLAGTREE_SHUTDOWN_TIMEOUT: '100ms' } });
    const ledger = await holdLedger(server.databaseUrl);
    void createFlag(server, 'stuck').catch(() => undefined);
    await ledger.waitedFor();
    process.kill(server.pid, 'SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(server.logs()).toContain('The HTTP server took longer than 0.1 s to stop');
    await ledger.release();
    await server.stop();
  });

  it('ends the process at once when it comes a second time, and PostgreSQL soon after', async () => {
    const server = await startServer({ database: 'own' });
    const postgres = privatePostgresPid(server.dataDirectory);
    const ledger = await holdLedger(server.databaseUrl);
    void createFlag(server, 'stuck').catch(() => undefined);
    await ledger.waitedFor();
    process.kill(server.pid, 'SIGTERM');
    await sleep(600); // one that follows at once is npm's echo of the first
    process.kill(server.pid, 'SIGTERM');
    expect(await server.exited).toEqual({ code: 143, signal: null });
    await until(() => !isRunning(postgres));
    await ledger.release();
    await server.stop();
  });
});

it('stops with the npm that started it, which would leave it behind', async () => {
  const dataDirectory = createDataDirectory();
  const start = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
  const { PATH = '' } = process.env;
  const shell = spawn('sh', ['-c', '"$0" "$1"; true', process.execPath, start], {
    env: { PATH, PORT: '0', FLAGTREE_DATA_DIR: dataDirectory, npm_lifecycle_event: 'start' },
  });
  let output = '';
  shell.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until(() => output.includes('is ready.'), 'the start', 40_000);
  expect(isRunning(privatePostgresPid(dataDirectory))).toBe(true);
  shell.kill('SIGKILL');
  await until(() => privatePostgresPid(dataDirectory) === null);
  await until(() => readdirSync(dataDirectory).every((name) => !name.endsWith('.lock')));
  removeDataDirectory(dataDirectory);
});

it('ends with 1 on a bug, and says so in the log', async () => {
  const server = await startServer({ entry: new URL('broken-server.mjs', import.meta.url).pathname });
  expect(await server.exited).toEqual({ code: 1, signal: null });
  expect(server.logs()).toMatch(/"level":"fatal".*"message":"out of the blue".*"origin":"unhandledRejection"/);
  await server.stop();
});
