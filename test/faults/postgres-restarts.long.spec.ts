import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFlag, makeToken } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { History } from './history.js';
import { OwnPostgres } from './own-postgres.js';

const RESTARTS = 3;

let postgres: OwnPostgres;
let servers: TestServer[];
let apis: [Api, Api];
let client: Api;
const history = new History();

beforeAll(async () => {
  postgres = await OwnPostgres.start();
  const first = await startServer({ database: postgres.url });
  const second = await startServer({ database: postgres.url, env: { FLAGTREE_ADMIN_TOKEN: first.adminToken } });
  servers = [first, second];
  apis = (await Promise.all(servers.map(({ url }) => Api.of(url, first.adminToken)))) as [Api, Api];
  await makeFlag(apis[0], 'lamp');
  const token = await makeToken(apis[0], ['production']);
  client = apis[0].as(token);
  await until(
    async () => (await apis[1].as(token).get('/api/feature-flags/environment')).status === 200,
    'the token on both servers',
  );
  for (const api of apis) await history.follow(api, token, 'production').first(1);
});

afterAll(async () => {
  history.close();
  for (const server of servers) await server.stop();
  await postgres.remove();
});

describe('PostgreSQL that is restarted under writes', () => {
  const acknowledged: string[] = [];
  const refusals: { status: number; retryAfter: string | null }[] = [];
  const evaluations: number[] = [];
  let stopped = false;

  it('loses nothing that was acknowledged, and fails no evaluation', async () => {
    const writers = apis.map((api, writer) => writeOn(api, `flag-${String(writer)}`));
    const reader = evaluateOn();
    for (let restart = 0; restart < RESTARTS; restart++) {
      await sleep(500);
      await postgres.stop();
      await sleep(400 * restart);
      await postgres.start();
      const before = acknowledged.length;
      await until(() => acknowledged.length > before, 'a write after the restart', 5_000);
    }
    stopped = true;
    await Promise.all([...writers, reader]);

    const stored = new Set<string>();
    for (let cursor = ''; ;) {
      const { body } = await apis[0].get(`/api/admin/feature-flags?limit=200${cursor}`);
      for (const { key } of body.items) stored.add(key as string);
      if (body.nextCursor === null) break;
      cursor = `&cursor=${String(body.nextCursor)}`;
    }
    expect(acknowledged.filter((key) => !stored.has(key))).toEqual([]);
    expect(evaluations.length).toBeGreaterThan(100);
    expect(evaluations.filter((status) => status !== 200)).toEqual([]);
    expect((await apis[0].get('/api/flags/audit/verify')).body).toMatchObject({ valid: true, broken: [] });
  });

  it('answers writes meanwhile with 503 and Retry-After, and nothing else', () => {
    expect(refusals.length).toBeGreaterThan(0);
    expect(servers.flatMap((server) => server.logs().match(/^.*unexpected error.*$/gm) ?? [])).toEqual([]);
    expect(refusals.filter(({ status, retryAfter }) => status !== 503 || !(Number(retryAfter) > 0))).toEqual([]);
  });

  it('leaves every reader with the same, in order, told once', async () => {
    await history.check(apis[0]);
  });

  async function writeOn(api: Api, prefix: string): Promise<void> {
    for (let number = 0; !stopped; number++) {
      const key = `${prefix}-${String(number)}`;
      // The same key makes a retry safe when the answer to the first attempt was lost with the database.
      const { status, headers } = await api.post('/api/admin/feature-flags', { key }, { headers: { 'idempotency-key': key } });
      if (status === 201) acknowledged.push(key);
      else refusals.push({ status, retryAfter: headers.get('retry-after') });
      if (status !== 201) await sleep(50);
    }
  }

  async function evaluateOn(): Promise<void> {
    while (!stopped) {
      evaluations.push((await client.post('/ofrep/v1/evaluate/flags/lamp', { context: { targetingKey: 'user-1' } })).status);
      await sleep(5);
    }
  }
});
