import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFlag, makeToken } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

const HUGE = 60_000_000;

interface Operation {
  method: string;
  path: string;
}

let server: TestServer;
let client: string;
let viewer: string;
let operations: Operation[];

beforeAll(async () => {
  server = await startServer();
  const api = await Api.of(server.url, server.adminToken);
  await makeFlag(api, 'plain');
  client = await makeToken(api, ['staging']);
  viewer = ((await api.post('/api/admin/tokens', { name: 'viewer', kind: 'admin', role: 'viewer' })).body as { token: string }).token;
  const { paths } = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as { paths: Record<string, Record<string, { security?: object[] }>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { security = [] }]) => security.length > 0)
      .map(([method]) => ({ method: method.toUpperCase(), path: path.replace(/\{[^}]+\}/g, 'plain') })),
  );
}); // prettier-ignore
afterAll(() => server.stop());

/** Sends the headers of a huge body and never the body; resolves with what is answered by then. */
async function announce({ method, path }: Operation, lines = '', framing = `content-length: ${String(HUGE)}`) {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write(`${method} ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${framing}\r\n${lines}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return { socket, head: answer.toString().toLowerCase(), status: Number(answer.toString().split(' ')[1]) };
}

const closed = (socket: Socket) =>
  new Promise((resolve) => socket.resume().on('error', () => undefined).once('close', resolve)); // prettier-ignore

describe('before a body has come', () => {
  it('who sends no token is refused, on every route, and the connection ends', async () => {
    expect(operations.length).toBeGreaterThan(50);
    for (const operation of operations) {
      for (const framing of [undefined, 'transfer-encoding: chunked']) {
        const { socket, head, status } = await announce(operation, '', framing);
        socket.destroy();
        expect([operation, status]).toEqual([operation, 401]);
        expect(head).toMatch(/\r\nconnection: close\r\n/);
        expect(head).toMatch(/\r\nx-request-id: \S+\r\n/);
      }
    }
    const { socket } = await announce(operations[0] as Operation);
    await closed(socket);
  });

  it.each([
    ['POST', '/api/admin/import', 'client', 'wrong-token-kind'],
    ['POST', '/api/admin/import', 'viewer', 'role-too-low'],
    ['PATCH', '/api/admin/feature-flags/plain', 'client', 'wrong-token-kind'],
    ['DELETE', '/api/admin/environments/staging', 'viewer', 'role-too-low'],
  ])('%s %s is refused with the token of a %s', async (method, path, who, code) => {
    const { socket, head, status } = await announce({ method, path }, `authorization: Bearer ${who === 'client' ? client : viewer}\r\n`);
    socket.destroy();
    expect([status, head]).toEqual([403, expect.stringContaining(`"code":"${code}"`)]);
  }); // prettier-ignore

  it('a client token never needs more than an ordinary body', async () => {
    for (const path of ['/ofrep/v1/evaluate/flags', '/api/feature-flags/evaluate']) {
      const { socket, status } = await announce({ method: 'POST', path }, `authorization: Bearer ${client}\r\n`);
      socket.destroy();
      expect(status).toBe(413);
    }
  });

  it.each([
    ['POST', '/api/none', 404],
    ['POST', '/none', 404],
    ['POST', '/ofrep/v1/none', 404],
    ['OPTIONS', '/api/admin/import', 405],
    ['PUT', '/api/admin/import', 405],
    ['PATCH', '/health/live', 405],
    ['HEAD', '/api/admin/feature-flags', 401],
  ])('%s %s is answered with %i', async (method, path, expected) => {
    const { socket, head, status } = await announce({ method, path });
    socket.destroy();
    expect(status).toBe(expected);
    expect(head).toMatch(/\r\nconnection: close\r\n/);
  });

  it('who asks whether to send it is not asked to', async () => {
    const expecting = 'expect: 100-continue\r\n';
    const refused = await announce({ method: 'POST', path: '/api/admin/import' }, expecting);
    refused.socket.destroy();
    expect(refused.status).toBe(401);
    const body = '{"context":{}}';
    const admitted = await announce({ method: 'POST', path: '/ofrep/v1/evaluate/flags/plain' }, `${expecting}authorization: Bearer ${client}\r\n`, `content-length: ${String(body.length)}`);
    expect(admitted.status).toBe(100);
    admitted.socket.write(body);
    const [answer] = (await once(admitted.socket, 'data')) as [Buffer];
    admitted.socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
  }); // prettier-ignore

  it('the answer reaches who goes on sending', async () => {
    const body = `[${Array(HUGE / 3).fill('[]').join(',')}]`; // prettier-ignore
    const answer = await fetch(`${server.url}/api/admin/import`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect([answer.status, answer.headers.get('connection')]).toEqual([401, 'close']);
    expect(await answer.json()).toMatchObject({ code: 'token-missing' });
  }); // prettier-ignore
});
