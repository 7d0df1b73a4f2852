import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { CuttableLink } from '../evaluation/cuttable-link.js';
import { createDataDirectory, removeDataDirectory } from '../support/data-directory.js';
import { createDatabase } from '../support/database.js';
import { launch } from '../support/launch.js';
import { failToStart, startServer } from '../support/server.js';
import { until } from '../support/until.js';

const [here, there, atPort] = [createDataDirectory(), createDataDirectory(), createDataDirectory()];
afterAll(() => {
  removeDataDirectory(here);
  removeDataDirectory(there);
  removeDataDirectory(atPort);
});

// Ten seconds, in which the other tests can run.
const begin = Date.now();
const withoutDatabase = failToStart({ FLAGTREE_DATA_DIR: here, DATABASE_URL: 'postgres://u:p@127.0.0.1:9/flags' });

it('tells of all bad settings at once, and ends with 78', async () => {
  const { code, output } = await failToStart({
    PORT: 'http',
    DATABASE_URL: 'localhost/flags',
    FLAGTREE_ENVIRONMENT_DETECTION: 'False',
    FLAGTREE_FIRST_ENVIRONMENTS: 'dev<prod',
    FLAGTREE_DEFAULT_ENVIROMENT: 'staging',
  });
  expect({ code, lines: output.split('\n') }).toEqual({
    code: 78,
    lines: [
      'Flagtree cannot start.',
      '  - FLAGTREE_DEFAULT_ENVIROMENT is not a setting: did you mean FLAGTREE_DEFAULT_ENVIRONMENT?',
      '  - PORT must be a whole number from 0 to 65535, not "http"',
      '  - DATABASE_URL must be a URL like postgres://user:password@host:5432/database',
      '  - FLAGTREE_FIRST_ENVIRONMENTS must name "prod" too, which "dev" is to inherit from',
      '  - FLAGTREE_ENVIRONMENT_DETECTION must be true or false, not "False"',
      '',
    ],
  });
});

it('says so when the data directory cannot be written', async () => {
  const { code, output } = await failToStart({ FLAGTREE_DATA_DIR: '/proc/flagtree' });
  expect(code).toBe(78);
  expect(output).toMatch(
    /^Flagtree cannot start\.\n {2}- The data directory \/proc\/flagtree cannot be used \(.*\): set FLAGTREE_DATA_DIR .*\n$/,
  );
});

it('names the database that turns it away, without the password', async () => {
  const { url, drop } = await createDatabase();
  await drop();
  const { code, output } = await failToStart({ FLAGTREE_DATA_DIR: there, DATABASE_URL: url });
  expect(code).toBe(1);
  const { username, host, pathname, password } = new URL(url);
  expect(output).toBe(
    `Flagtree cannot start.\n  - The database postgres://${username}@${host}${pathname} turns us away: database "${pathname.slice(1)}" does not exist\n`,
  );
  if (password !== '') expect(output).not.toContain(password);
});

describe('a port that is in use', () => {
  const listenOn = async (wanted: number) => {
    const taken = createServer().listen(wanted, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    return { taken, port, told: `Port ${port} of 127.0.0.1 is in use: stop what listens there, or set PORT to another one` };
  };

  it('is told before a private PostgreSQL is made', async () => {
    const { taken, port, told } = await listenOn(0);
    const { code, output } = await failToStart({ FLAGTREE_DATA_DIR: atPort, PORT: String(port) });
    taken.close();
    expect({ code, output }).toEqual({ code: 1, output: `Flagtree cannot start.\n  - ${told}\n` });
    expect(readdirSync(atPort)).toEqual([]);
  });

  it('is told in the same words when it is taken while the server waits for its database', async () => {
    const { url, drop } = await createDatabase();
    const link = await CuttableLink.to(url);
    await link.cut();
    const free = await listenOn(0);
    free.taken.close();
    await once(free.taken, 'close');
    const starting = launch({ env: { FLAGTREE_DATA_DIR: atPort, DATABASE_URL: link.url, PORT: String(free.port) } });
    starting.ready.catch(() => undefined);
    await until(() => starting.logs().includes('trying for 10 s'), 'the server to wait for its database');
    const { taken, told } = await listenOn(free.port);
    await link.join();
    const { code } = await starting.exited;
    taken.close();
    await link.cut();
    await drop();
    expect([code, starting.logs()]).toEqual([1, expect.stringContaining(`Flagtree cannot start.\n  - ${told}\n`)]);
  });

  it('and a host that is none are told before, too', async () => {
    const { code, output } = await failToStart({ FLAGTREE_DATA_DIR: atPort, HOST: '192.0.2.1' });
    expect([code, output]).toEqual([1, expect.stringContaining('192.0.2.1 is no address of this machine: set HOST')]);
  });
});

it('takes the bootstrap admin token from a setting, and keeps no file of it', async () => {
  const token = 'a-token-of-my-own-that-is-long-enough';
  const server = await startServer({ env: { FLAGTREE_ADMIN_TOKEN: token } });
  const answer = await fetch(`${server.url}/api/admin/environments`, { headers: { authorization: `Bearer ${token}` } });
  await server.stop();
  expect(answer.status).toBe(200);
  expect(server.logs()).toContain('Admin token  not kept in a file here: set in FLAGTREE_ADMIN_TOKEN');
  expect(server.logs()).not.toContain(token);
});

it('writes the token of the setting only where it is not in force', async () => {
  const keeper = await startServer();
  const startWith = async (token: string) => {
    const server = await startServer({ database: keeper.databaseUrl, env: { FLAGTREE_ADMIN_TOKEN: token } });
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${server.url}/api/feature-flags/environment`, { headers });
    const { revision } = (await answer.json()) as { revision: number };
    return { revision, stop: () => server.stop() };
  };
  const revisions: number[] = [];
  for (const token of [
    'the-first-token-of-my-own-long-enough',
    'the-first-token-of-my-own-long-enough',
    'another-token-of-my-own-long-enough',
  ]) {
    const { revision, stop } = await startWith(token);
    revisions.push(revision);
    await stop();
  }
  await keeper.stop();
  const [first = 0, again, other] = revisions;
  expect([again, other]).toEqual([first, first + 1]);
});

it('waits for a database that is away, says so, and gives up after ten seconds', async () => {
  const { code, output } = await withoutDatabase;
  expect(Date.now() - begin).toBeGreaterThan(10_000);
  expect(code).toBe(1);
  expect(output).toContain('cannot be reached (connect ECONNREFUSED 127.0.0.1:9): trying for 10 s');
  expect(output).toMatch(
    / {2}- The database postgres:\/\/u@127\.0\.0\.1:9\/flags cannot be reached: connect ECONNREFUSED 127\.0\.0\.1:9\n$/,
  );
});
