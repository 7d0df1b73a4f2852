import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CuttableLink } from '../evaluation/cuttable-link.js';
import { editFlag, makeFlag, makeToken, setOverride } from '../evaluation/steps.js';
import { Reader } from '../streaming/reader.js';
import { Api } from '../support/api.js';
import { createDataDirectory } from '../support/data-directory.js';
import { createDatabase, type Database } from '../support/database.js';
import { failToStart, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const BULK = '/ofrep/v1/evaluate/flags';
const CONTEXT = { context: { targetingKey: 'user-1', plan: 'beta' } };

/** `near` sits beside the database; `far` reaches the same one over a link that is cut, and is started again while it is. */
let near: TestServer;
let far: TestServer;
let link: CuttableLink;
let admin: Api;
let token: string;
let before: unknown;
const dataDirectory = createDataDirectory();
const folder = join(dataDirectory, 'snapshots');
const files = () => (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith('.json')).sort();
const env = (url: string) => ({ DATABASE_URL: url, FLAGTREE_ADMIN_TOKEN: near.adminToken, FLAGTREE_POLL_INTERVAL: '500ms' });

const answers = async (url: string) => {
  const client = (await Api.of(url, near.adminToken)).as(token);
  const all = [
    await client.post(BULK, CONTEXT),
    await client.post(`${BULK}/half`, CONTEXT),
    await client.get('/api/feature-flags/snapshot'),
    await client.get('/api/feature-flags/environment?env=production'),
    await client.post(BULK, CONTEXT, { token: 'ft_client_000000000000_00000000000000000000000000000000' }),
  ];
  return all.map(({ status, body }) => [status, { ...body, requestId: undefined }]);
};

beforeAll(async () => {
  near = await startServer();
  admin = await Api.of(near.url, near.adminToken);
  link = await CuttableLink.to(near.databaseUrl);
  await makeFlag(admin, 'half', { percentage: 50, rules: [{ id: 'b', conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }], serve: { variant: 'on' } }] }); // prettier-ignore
  await setOverride(admin, 'staging', 'half', { percentage: 100 });
  token = await makeToken(admin, ['development']);
  far = await startServer({ dataDirectory, env: env(link.url) });
  before = await answers(far.url);
  expect((before as [number][]).map(([status]) => status)).toEqual([200, 200, 200, 403, 401]);
});

afterAll(async () => {
  await far.stop();
  await link.cut();
  await near.stop();
});

describe('a server that is started while its database is away', () => {
  it('does not wait for it, and evaluates as before, from what it had written to disk, also when it was killed', async () => {
    await until(() => files().length > 0, 'a snapshot on disk');
    await far.kill();
    await link.cut();
    far = await startServer({ dataDirectory, env: env(link.url) });
    expect(await answers(far.url)).toEqual(before);
  });

  it('says so in /health/ready, and stays in service', async () => {
    const response = await fetch(`${far.url}/health/ready`);
    expect([response.status, await response.json()]).toMatchObject([
      200,
      {
        status: 'degraded',
        checks: { database: { status: 'degraded', detail: expect.stringContaining('cannot be reached since') } },
      },
    ]);
  });

  it('refuses writes with 503 and Retry-After, and answers reads from what it has', async () => {
    const api = await Api.of(far.url, near.adminToken);
    for (const write of [
      api.patch('/api/admin/feature-flags/half', { enabled: false }),
      api.post('/api/admin/environments', { slug: 'new' }),
      api.delete('/api/admin/feature-flags/half'),
    ]) {
      const { status, headers } = await write;
      expect([status, Number(headers.get('retry-after'))]).toEqual([503, expect.any(Number)]);
    }
    expect(await api.get('/api/admin/feature-flags/half?env=staging')).toMatchObject({
      status: 200,
      body: { resolved: { percentage: { value: 100 } } },
    });
    expect((await api.get('/api/flags/audit')).status).toBe(503);
  });

  it('streams, and catches up as soon as the database is back', async () => {
    const reader = new Reader(`${far.url}/api/feature-flags/stream`, { token });
    await reader.first(1);
    await editFlag(admin, 'half', { environment: 'staging', enabled: false });
    await link.join();
    expect((await reader.first(2))[1]).toMatchObject({ event: 'change', data: { environment: 'development', keys: ['half'] } });
    reader.close();
    expect(await answers(far.url)).toEqual(await answers(near.url));
    const api = await Api.of(far.url, near.adminToken);
    await until(async () => (await api.get('/health/ready')).body.status === 'ok', 'readiness');
    expect((await api.patch('/api/admin/feature-flags/half', { environment: 'staging', enabled: true })).status).toBe(200);
  });
});

describe('a damaged snapshot', () => {
  it('is passed over for the one before it', async () => {
    const known = files().length;
    await until(() => files().length > known || files().length === 5, 'another snapshot');
    await editFlag(admin, 'half', { description: 'newer' });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await far.stop();
    await link.cut();
    writeFileSync(join(dataDirectory, 'snapshots', files().at(-1) ?? ''), '{"format":"flagtree-state/1"}\n{');
    far = await startServer({ dataDirectory, env: env(link.url) });
    expect(far.logs()).toContain('cannot be used');
    expect((await answers(far.url)).map(([status]) => status)).toEqual([200, 200, 200, 403, 401]);
  });

  it('does not make the server complain when it stops before the database is back', async () => {
    expect(await far.stop()).toEqual({ code: 0, signal: null });
    const [before, after] = far.logs().split('"stopping"');
    expect(before).not.toMatch(/Driver not Connected|undefined/);
    expect(after).not.toMatch(/"level":"(?:warn|error)"(?!.*owns its tables)/);
  });

  it('with no other leaves nothing to start with: the server waits for the database, and gives up by name', async () => {
    for (const name of files()) writeFileSync(join(dataDirectory, 'snapshots', name), '');
    const { code, output } = await failToStart({ FLAGTREE_DATA_DIR: dataDirectory, ...env(link.url) });
    expect([code, output]).toEqual([1, expect.stringContaining('cannot be reached')]);
    await link.join();
    far = await startServer({ dataDirectory, env: env(link.url) });
  });
});

describe('a snapshot of another database', () => {
  let other: Database;
  afterAll(() => other.drop());

  it('gives way to what the database holds where the setting says so', async () => {
    await until(() => files().length > 0 && readFileSync(join(folder, files().at(-1) ?? '')).length > 0, 'a snapshot on disk');
    await far.stop();
    const [, known = ''] = /-revision-(.+)\.json$/.exec(files().at(-1) ?? '') ?? [];
    other = await createDatabase();
    far = await startServer({ dataDirectory, env: { ...env(other.url), FLAGTREE_FORGET_HISTORY: known } });
    const api = await Api.of(far.url, near.adminToken);
    expect((await api.get('/api/admin/feature-flags')).body.items).toEqual([]);
    expect((await api.post('/api/admin/feature-flags', { key: 'fresh' })).status).toBe(201);
  });
});
