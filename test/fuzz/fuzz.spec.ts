import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { OpenApiDocument } from '../docs/prefilled.js';
import { makeEnvironment, makeFlag } from '../evaluation/steps.js';
import { COLLECTS_ON_SIGNAL, sample } from '../faults/flatness.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { faultOf } from './judge.js';
import { requests } from './requests.js';
import { Sender } from './send.js';

// What is found once counts.
jest.retryTimes(0);

const { FLAGTREE_TEST_FUZZ_SEED = '20261128', FLAGTREE_TEST_FUZZ_REQUESTS = '500' } = process.env;
const SEED = FLAGTREE_TEST_FUZZ_SEED === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(FLAGTREE_TEST_FUZZ_SEED);
const COUNT = Number(FLAGTREE_TEST_FUZZ_REQUESTS);
const AT_ONCE = 250;
const TOLD = 20;
/** Of the heap after a collection, however many requests there were. */
const GROWTH_MB = 60;

let server: TestServer;
let api: Api;
let sender: Sender;
beforeAll(async () => {
  server = await startServer({
    env: { ...COLLECTS_ON_SIGNAL, FLAGTREE_LOG_LEVEL: 'error', FLAGTREE_TRUSTED_PROXIES: 'loopback' },
  });
  api = await Api.of(server.url, server.adminToken);
  sender = new Sender(server.url);
});
afterAll(async () => {
  sender.close();
  await server.stop();
});

async function token(body: object): Promise<{ id: string; token: string }> {
  const answer = await api.post('/api/admin/tokens', body);
  expect(answer.status).toBe(201);
  return answer.body as { id: string; token: string };
}

/** One of each kind, and one that holds no more. */
async function tokensOfEachKind() {
  const [admin, ...others] = await Promise.all([
    token({ name: 'fuzz admin', kind: 'admin', role: 'admin' }),
    ...['promoter', 'developer', 'viewer'].map((role) => token({ name: `fuzz ${role}`, kind: 'admin', role })),
    token({ name: 'fuzz staging', kind: 'admin', role: 'developer', environments: ['staging'] }),
    token({ name: 'fuzz client', kind: 'client', environments: ['production'], includeDescendants: true }),
  ]);
  const gone = await token({ name: 'fuzz gone', kind: 'client', environments: ['staging'] });
  await api.delete(`/api/admin/tokens/${gone.id}`);
  const victims = await Promise.all([1, 2, 3].map((number) => token({ name: `fuzz ${number}`, kind: 'admin', role: 'viewer' })));
  return {
    // of others, or they would be revoked by the first requests
    ids: [...victims, gone].map(({ id }) => id),
    // half of the requests are an admin's: most of what there is to break lies behind the refusals
    tokens: [...Array<string>(6).fill(admin.token), ...[...others, gone].map((one) => one.token)],
  };
}

it(`answers ${COUNT} odd requests as documented, and is well afterwards (FLAGTREE_TEST_FUZZ_SEED=${SEED})`, async () => {
  await makeEnvironment(api, 'fuzz', 'staging');
  for (const key of ['fuzz.a', 'fuzz.b', 'fuzz.c']) await makeFlag(api, key);
  const { ids, tokens } = await tokensOfEachKind();
  const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as OpenApiDocument;
  const names = {
    environments: ['production', 'staging', 'development', 'fuzz', 'none'],
    flags: ['fuzz.a', 'fuzz.b', 'fuzz.c', 'none', 'fuzz.*'],
    ids,
  };
  const drawn = requests(document, names, tokens);
  const before = await sample(server, performance.now());
  const faults: object[] = [];
  const asked = new Map<string, number>();
  const statuses = new Map<number, number>();
  for (let sent = 0; sent < COUNT && faults.length < TOLD; sent += AT_ONCE) {
    // as through a proxy, from address after address: what is limited for each of them is not meant here
    const address = { 'x-forwarded-for': `10.1.${(sent / AT_ONCE) >> 8}.${(sent / AT_ONCE) & 255}` };
    for (const request of fc.sample(drawn, { seed: SEED + sent, numRuns: Math.min(AT_ONCE, COUNT - sent) })) {
      const told = { ...request, body: request.body?.toString().slice(0, 600) };
      try {
        const heard = await sender.send({ ...request, headers: { ...address, ...request.headers } });
        const fault = faultOf(request, heard);
        if (fault !== null) faults.push({ fault, status: heard.status, text: heard.text.slice(0, 600), ...told });
        statuses.set(heard.status, (statuses.get(heard.status) ?? 0) + 1);
      } catch (error) {
        faults.push({ fault: String(error), ...told });
      }
      asked.set(request.operationId, (asked.get(request.operationId) ?? 0) + 1);
    }
  }
  console.log(`fuzz: seed ${SEED}, answers by status: ${JSON.stringify(Object.fromEntries([...statuses].sort()))}`);
  expect({ seed: SEED, faults }).toEqual({ seed: SEED, faults: [] });

  // it was no exercise in refusals alone
  expect(asked.size).toBe(new Set(Object.values(document.paths).flatMap((of) => Object.values(of).map((one) => one.operationId))).size);
  expect((statuses.get(200) ?? 0) + (statuses.get(201) ?? 0)).toBeGreaterThan(COUNT / 10);

  expect((await api.get('/health/ready')).status).toBe(200);
  expect((await api.get('/api/flags/audit/verify')).body).toMatchObject({ valid: true, broken: [] });
  const after = await sample(server, performance.now());
  expect(after.heapMb - before.heapMb).toBeLessThan(GROWTH_MB);
  expect(server.logs()).not.toContain('"level":"error"');
}, 20_000 + COUNT * 100); // prettier-ignore
