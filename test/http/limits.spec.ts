import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFlag, makeToken, sendRaw } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { failToStart, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const OFREP = '/ofrep/v1/evaluate/flags/plain';

let server: TestServer;
let client: string;
let revoked: string;

beforeAll(async () => {
  server = await startServer({
    env: {
      FLAGTREE_REQUEST_TIMEOUT: '2s',
      FLAGTREE_CONNECTION_LIMIT: '40',
      FLAGTREE_REFUSAL_LIMIT: '20',
      FLAGTREE_TRUSTED_PROXIES: 'loopback',
    },
  });
  const api = await Api.of(server.url, server.adminToken);
  await makeFlag(api, 'plain');
  client = await makeToken(api, ['staging']);
  const { body } = await api.post('/api/admin/tokens', { name: 'gone', kind: 'client', environments: ['staging'] });
  ({ token: revoked } = body as { token: string });
  await api.delete(`/api/admin/tokens/${(body as { id: string }).id}`);
});
afterAll(() => server.stop());

const open = () => connect(Number(new URL(server.url).port), '127.0.0.1');
const head = (path: string, token: string) =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n`;
const asked = (path: string, from: string, token: string) =>
  fetch(server.url + path, {
    method: path === OFREP ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-forwarded-for': from },
    ...(path === OFREP && { body: '{"context":{}}' }),
  });

/** What a request hears whose `drop` comes again and again, and never its end. */
async function dripped(beginning: string, drop: string): Promise<string> {
  const socket = open();
  let answer = '';
  socket
    .setEncoding('utf8')
    .on('data', (text) => (answer += String(text)))
    .on('error', () => undefined);
  socket.write(beginning);
  const drip = setInterval(() => socket.write(drop), 300);
  await once(socket, 'close');
  clearInterval(drip);
  return answer;
}

describe('a request that does not come to its end', () => {
  const slow = () => `${head(OFREP, client)}content-length: 1000\r\n\r\n`;

  it('ends, whatever part of it does not', async () => {
    const parts: [what: string, beginning: string, drop: string][] = [
      ['a body with a length, the short way', slow(), ' '],
      ['a body in chunks', `${head(OFREP, client)}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
      ['a document', `${head('/api/admin/import', server.adminToken)}content-length: 1000000\r\n\r\n`, ' '],
      ['headers', `${head(OFREP, client)}x: `, ' '],
    ];
    const answers = await Promise.all(parts.map(async ([what, beginning, drop]) => [what, await dripped(beginning, drop)]));
    const refusal = expect.stringMatching(/^HTTP\/1\.1 408 [^]*("code":"request-timeout"|"errorCode":"GENERAL")/);
    expect(answers).toEqual(parts.map(([what]) => [what, refusal]));
  });

  it('says nothing of event streams, whose answer lasts', async () => {
    const headers = { authorization: `Bearer ${client}` };
    const stream = await fetch(`${server.url}/api/feature-flags/stream`, { headers });
    const reader = (stream.body as ReadableStream).getReader();
    let isOver = false;
    const reading = (async () => {
      while (!(await reader.read()).done);
    })().finally(() => (isOver = true));
    expect(await dripped(slow(), ' ')).toMatch(/^HTTP\/1\.1 408 /);
    expect(isOver).toBe(false);
    await reader.cancel();
    await reading;
  });
});

it('no more connections are open than the limit allows, and the log says so', async () => {
  const sockets = Array.from({ length: 60 }, open);
  let ended = 0;
  for (const socket of sockets) socket.on('error', () => undefined).on('close', () => ended++);
  await until(() => ended >= 20);
  await until(() => server.logs().includes('FLAGTREE_CONNECTION_LIMIT'));
  for (const socket of sockets) socket.destroy();
  await until(() => fetch(`${server.url}/health/live`).then(({ ok }) => ok, () => false)); // prettier-ignore
});

describe('who comes again and again with a token that is none', () => {
  it.each([
    ['/api/admin/feature-flags', '203.0.113.1'],
    [OFREP, '203.0.113.2'],
    ['/ofrep/v1/stream?ticket=a.b.c', '203.0.113.3'],
  ])('is asked to wait, and with a valid token is not: %s', async (path, from) => {
    let told = 0;
    let last = await asked(path, from, 'nonsense');
    for (; last.status === 401; told++) {
      await last.text();
      last = await asked(path, from, 'nonsense');
    }
    // not many more: some are allowed again while these are on their way
    expect([last.status, told >= 20, told < 40]).toEqual([429, true, true]);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await last.text()).toMatch(/"code":"too-many-refusals"|"errorDetails":"Too many requests of this address/);
    expect((await asked('/api/feature-flags/environment', from, client)).status).toBe(200);
    expect((await asked(path, '203.0.113.9', 'nonsense')).status).toBe(401);
  });
});

describe('a refusal is one event of the log', () => {
  const lines = (from: string) =>
    server.logs().split('\n').filter((line) => line.includes(`"${from}"`)).map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore

  it.each([
    ['198.51.100.1', 'nobody known', () => 'nonsense', '/api/admin/feature-flags', { status: 401, code: 'token-unknown' }],
    [
      '198.51.100.2',
      'a revoked token',
      () => revoked,
      OFREP,
      { status: 401, code: 'token-revoked', tokenName: 'gone', tokenKind: 'client' },
    ],
    [
      '198.51.100.3',
      'another kind of token',
      () => client,
      '/api/admin/feature-flags',
      { status: 403, code: 'wrong-token-kind', tokenKind: 'client' },
    ],
  ])('from %s, of %s', async (from, _what, token, path, event) => {
    const answer = await asked(path, from, token());
    await until(() => lines(from).length > 0);
    const known = 'tokenKind' in event ? { token: expect.stringMatching(/^[\da-f]+$/) } : {};
    expect(lines(from)).toMatchObject([
      {
        ...event,
        ...known,
        level: 'info',
        requestId: answer.headers.get('x-request-id'),
        remote: from,
        route: expect.stringMatching(/^\//),
      },
    ]);
    expect(server.logs()).not.toContain(token());
  });
});

it.each(['a'.repeat(32), 'changeme-changeme-changeme-changeme'])(
  'an admin token that can be guessed is refused: %s',
  async (token) => {
    const { code, output } = await failToStart({ FLAGTREE_ADMIN_TOKEN: token });
    expect([code, output]).toEqual([78, expect.stringMatching(/FLAGTREE_ADMIN_TOKEN can be guessed.*openssl rand -hex 32/)]);
    expect(output).not.toContain(token);
  },
);

it.each([OFREP, '/ofrep/v1/evaluate/flags', '/api/feature-flags/evaluate'])('keys that are repeated are refused: %s', async (path) => {
  for (const [body, pointer] of [['{"context":{"plan":"pro","plan":"free"}}', '/context/plan'], [`{"context":{"pad":"${'x'.repeat(300_000)}"},"context":{}}`, '/context']] as const) {
    const request = `${head(path, client)}content-length: ${String(body.length)}\r\nconnection: close\r\n\r\n${body}`;
    const answer = await sendRaw(server.url, Buffer.from(request));
    expect(answer.status).toBe(400);
    if (path.startsWith('/ofrep')) expect(answer.body).toMatchObject({ errorCode: 'PARSE_ERROR' });
    else expect(answer.body).toMatchObject({ code: 'invalid-json', errors: [{ pointer, code: 'duplicate-key' }] });
  }
}); // prettier-ignore

it('the audit log tells the ids of callers from those of the server', async () => {
  const write = async (id?: string) => {
    const answer = await fetch(`${server.url}/api/admin/feature-flags/plain`, {
      method: 'PATCH',
      body: JSON.stringify({ description: String(Math.random()) }),
      headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json', ...(id !== undefined && { 'x-request-id': id }) },
    });
    const log = await fetch(`${server.url}/api/flags/audit?limit=1`, { headers: { authorization: `Bearer ${server.adminToken}` } });
    const { items } = (await log.json()) as { items: { requestId: string }[] };
    return { answered: answer.headers.get('x-request-id') ?? '', audited: items[0]?.requestId };
  };
  const own = await write();
  expect(own.answered).toMatch(/^[\w-]{16}$/);
  expect(own.audited).toBe(own.answered);
  expect(await write(own.answered)).toEqual({ answered: own.answered, audited: `sent:${own.answered}` });
}); // prettier-ignore
