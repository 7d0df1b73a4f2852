import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { editFlag, makeFlag, makeToken } from '../../../../test/evaluation/steps.js';
import { Api } from '../../../../test/support/api.js';
import { startServer, type TestServer } from '../../../../test/support/server.js';
import { until } from '../../../../test/support/until.js';
import { ChaosProxy, FAULTS } from './chaos-proxy.js';

/** `FLAGTREE_CHAOS_SECONDS=1800` for half an hour. */
const SECONDS = Number(process.env['FLAGTREE_CHAOS_SECONDS'] ?? 20);
const SEED = Number(process.env['FLAGTREE_CHAOS_SEED'] ?? 1);
const KEYS = ['a', 'b', 'c', 'd', 'e'];
const CONTEXTS = Array.from({ length: 8 }, (_, place) => ({ targetingKey: `user-${String(place)}`, plan: place % 2 ? 'pro' : 'free' })); // prettier-ignore

/** What may follow a state. */
const NEXT: Record<string, readonly string[]> = {
  loading: ['ready', 'empty', 'stale', 'closed'],
  empty: ['ready', 'stale', 'closed'],
  ready: ['stale', 'closed'],
  stale: ['ready', 'closed'],
};

interface Told {
  revision?: number;
  from?: string;
  to?: string;
  etag?: string;
  state?: string;
  answers?: boolean[][];
  closed?: boolean;
}

let server: TestServer;
let admin: Api;
beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  const rules = [{ id: 'pros', conditions: [{ attribute: 'plan', operator: 'equals', values: ['pro'] }], serve: { variant: 'off' } }]; // prettier-ignore
  for (const key of KEYS) await makeFlag(admin, key, key === 'a' ? { rules } : {});
});
afterAll(() => server.stop());

/** From 0 to 1, the same ones for the same seed. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

it(
  'a service goes on whatever the network does, never goes back in time, and has in the end what the server has',
  async () => {
    const random = chance(SEED);
    const proxy = new ChaosProxy(new URL(server.url), random);
    const [url, token] = [await proxy.listen(), await makeToken(admin, ['production'])];
    const service = spawn(
      process.execPath,
      ['--unhandled-rejections=strict', fileURLToPath(new URL('service.mjs', import.meta.url))],
      {
        env: {
          ...process.env,
          FLAGTREE_URL: url,
          FLAGTREE_TOKEN: token,
          KEYS: KEYS.join(','),
          CONTEXTS: JSON.stringify(CONTEXTS),
        },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    const ended = once(service, 'exit');
    let complaints = '';
    service.stderr.on('data', (text) => (complaints += String(text)));
    const told: Told[] = [];
    createInterface({ input: service.stdout }).on('line', (line) => told.push(JSON.parse(line) as Told));
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;

    const end = Date.now() + SECONDS * 1_000;
    while (Date.now() < end) {
      proxy.fault = random() < 0.3 ? null : pick(FAULTS);
      for (let edits = 0; edits < 3; edits++) {
        await editFlag(admin, pick(KEYS), { percentage: Math.floor(random() * 101), enabled: random() < 0.8 });
        await new Promise((resolve) => setTimeout(resolve, random() * 400));
      }
    }
    proxy.fault = null;

    const { body } = await admin.get('/api/feature-flags/snapshot');
    await until(() => told.at(-1)?.etag === body.etag && told.at(-1)?.state === 'ready', 'the client to have what the server has', 60_000); // prettier-ignore
    const last = told.at(-1)?.answers;
    for (const [place, context] of CONTEXTS.entries()) {
      const answer = await admin.post('/api/feature-flags/evaluate', { context, flags: KEYS });
      expect(last?.[place]).toEqual(KEYS.map((key) => answer.body.flags[key].value as boolean));
    }
    service.stdin.end();
    expect(await ended).toEqual([0, null]);
    expect(complaints).toBe('');
    await proxy.close();

    const revisions = told.flatMap(({ revision }) => revision ?? []);
    expect(revisions).toEqual([...revisions].sort((one, other) => one - other));
    expect(revisions.length).toBeGreaterThan(3);
    const illegal = told.filter(({ from, to }) => from !== undefined && to !== undefined && !NEXT[from]?.includes(to));
    expect(illegal).toEqual([]);
    expect(told.at(-1)).toEqual({ closed: true });
  },
  (SECONDS + 120) * 1_000,
);
