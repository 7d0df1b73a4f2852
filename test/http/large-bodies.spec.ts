import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer, type TestServer } from '../support/server.js';

/** Read in one piece, such a body holds everybody up for ten seconds and more. The rest is room for the other tests on the same machine. */
const MOST_MS = 2_000;

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ env: { NODE_OPTIONS: '--max-old-space-size=512' } });
});
afterAll(() => server.stop());

async function send(body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}/api/admin/import`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json', ...headers },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** The longest that anybody else waited while `work` was done. */
async function worstWait<T>(work: Promise<T>): Promise<{ worstMs: number; result: T }> {
  const over = new AbortController();
  const result = work.finally(() => { over.abort(); }); // prettier-ignore
  let worstMs = 0;
  do {
    const begun = performance.now();
    await (await fetch(`${server.url}/health/live`)).text();
    worstMs = Math.max(worstMs, performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, 5));
  } while (!over.signal.aborted);
  return { worstMs, result: await result };
}

const list = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => item(index)).join(',');
const states = (section: string) => `{"format":"flagtree-states","version":2,"flags":${section}}`;

const SHAPES: [string, () => string, number, string][] = [
  ['60 MB of empty lists', () => `[${Array(20_000_000).fill('[]').join(',')}]`, 413, 'too-many-values'],
  ['60 MB of brackets', () => '['.repeat(60_000_000), 400, 'json-too-deep'],
  ['60 MB of one text', () => `"${'x'.repeat(60_000_000)}"`, 413, 'value-too-large'],
  ['60 MB of spaces', () => `${' '.repeat(60_000_000)}[]`, 400, 'invalid-request'],
  ['very many different keys', () => states(`[${list(700_000, (index) => `{"k${String(index)}":0}`)}]`), 400, 'invalid-document'],
  ['very many empty lists', () => states(`[${list(1_400_000, () => '[]')}]`), 400, 'invalid-document'],
  ['the same key very many times', () => `{${list(700_000, () => '"format":"flagtree-states"')}}`, 400, 'invalid-json'],
];

describe('a large document of somebody who may import', () => {
  it.each(SHAPES)('holds nobody up: %s', async (_what, document, status, code) => {
    const body = document();
    const { worstMs, result } = await worstWait(send(body));
    expect(result).toMatchObject({ status, body: { code } });
    expect(worstMs).toBeLessThan(MOST_MS);
  });

  it('may be one of several at once', async () => {
    const body = SHAPES[4]?.[1]() ?? '';
    const answers = await Promise.all(Array.from({ length: 3 }, () => send(body)));
    for (const { status } of answers) expect([400, 503]).toContain(status);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });

  it('is imported, strictly, and once for one Idempotency-Key', async () => {
    const flag = (index: number) => `{"key":"flag-${String(index)}","description":"${'x'.repeat(200)}","variants":[{"key":"on","value":true},{"key":"off","value":false}]}`; // prettier-ignore
    const body = states(`[${list(2_000, flag)}]`);
    expect(body.length).toBeGreaterThan(262_144);
    const repeated = await send(body.replace('"key":"flag-1999"', '"key":"flag-1999","key":"again"'));
    expect(repeated).toMatchObject({ status: 400, body: { errors: [{ pointer: '/flags/1999/key', code: 'duplicate-key' }] } });
    const key = { 'idempotency-key': 'large' };
    expect(await send(body, key)).toMatchObject({ status: 200, body: { sections: { flags: { created: 2_000 } } } });
    expect(await send(body, key)).toMatchObject({ status: 200, body: { sections: { flags: { created: 2_000 } } } });
    expect(await send(body.replace('xx', 'xy'), key)).toMatchObject({ status: 422 });
  });
});
