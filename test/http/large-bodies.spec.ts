import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer, type TestServer } from '../support/server.js';

/** So many requests of others are answered while a body is read that takes a hundred slices. Read in one piece, it lets one or two through. */
const SOME = 6;

/** After so many answers the server has taken from the connection what was sent on it. */
const ROUNDS = 20;

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

async function isAlive(): Promise<void> {
  await (await fetch(`${server.url}/health/live`)).text();
}

/** Sends a body, its last byte when all others have arrived, and counts the requests of others that are answered from then to its own answer. */
async function countOthers(body: string) {
  const headers = {
    authorization: `Bearer ${server.adminToken}`,
    'content-type': 'application/json',
    'content-length': body.length,
  };
  const sending = request(`${server.url}/api/admin/import`, { method: 'POST', headers });
  const answered = once(sending, 'response').then(async ([answer]) => {
    const { statusCode, headers: of } = answer as IncomingMessage;
    return { status: statusCode, type: of['content-type'], body: await json(answer as IncomingMessage) };
  });
  const over = new AbortController();
  const isOver = () => over.signal.aborted;
  const end = () => { over.abort(); }; // prettier-ignore
  answered.then(end, end);
  await new Promise((written) => sending.write(body.slice(0, -1), 'latin1', written));
  for (let round = 0; round < ROUNDS && !isOver(); round++) await isAlive();
  sending.end(body.slice(-1));
  let others = 0;
  for (; !isOver(); others++) await isAlive();
  return { others, answer: await answered };
}

const list = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => item(index)).join(',');
const states = (section: string) => `{"format":"flagtree-states","version":2,"flags":${section}}`;

/** Read to their ends. */
const LONG: [string, () => string, number, string][] = [
  ['20 MB of spaces', () => `${' '.repeat(20_000_000)}[]`, 400, 'invalid-request'],
  ['very many different keys', () => states(`[${list(250_000, (index) => `{"k${String(index)}":0}`)}]`), 400, 'invalid-document'],
  ['very many empty lists', () => states(`[${list(1_000_000, () => '[]')}]`), 400, 'invalid-document'],
  ['the same key very many times', () => `{${list(250_000, () => '"format":"flagtree-states"')}}`, 400, 'invalid-json'],
];

/** Of these enough is seen at their beginnings. */
const REFUSED: typeof LONG = [
  ['60 MB of empty lists', () => `[${Array(20_000_000).fill('[]').join(',')}]`, 413, 'too-many-values'],
  ['60 MB of brackets', () => '['.repeat(60_000_000), 400, 'json-too-deep'],
  ['60 MB of one text', () => `"${'x'.repeat(60_000_000)}"`, 413, 'value-too-large'],
];

describe('a large document of somebody who may import', () => {
  it.each(LONG)('holds nobody up: %s', async (_what, document, status, code) => {
    const { others, answer } = await countOthers(document());
    expect(answer).toMatchObject({ status, body: { code } });
    expect(others).toBeGreaterThan(SOME);
  });

  it.each(REFUSED)('is refused: %s', async (_what, document, status, code) => {
    expect(await send(document())).toMatchObject({ status, body: { code } });
  });

  it('may be one of several at once', async () => {
    const body = LONG[1]?.[1]() ?? '';
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
