import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFlag } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

/** Chosen by somebody, as one that is read from a vault. */
const CHOSEN = 'b0b5-Quartz.lantern_73-Violet.harbour_19';

let first: TestServer;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  server = first = await startServer({ env: { FLAGTREE_ADMIN_TOKEN: CHOSEN } });
  api = await Api.of(server.url, CHOSEN);
  await makeFlag(api, 'plain');
});
afterAll(async () => {
  await server.stop();
  await first.stop();
});

const sha256 = (text: string) => createHash('sha256').update(text).digest();

async function ticketOf(token: string): Promise<string> {
  const { body } = await api.as(token).post('/ofrep/v1/evaluate/flags?env=staging', { context: {} });
  const { requestUri } = (body as { eventStreams: { endpoint: { requestUri: string } }[] }).eventStreams[0]?.endpoint ?? { requestUri: '' };
  return new URL(requestUri, server.url).searchParams.get('ticket') ?? '';
} // prettier-ignore

async function open(ticket: string): Promise<number> {
  const abort = new AbortController();
  const { status } = await fetch(`${server.url}/ofrep/v1/stream?ticket=${ticket}`, { signal: abort.signal });
  abort.abort();
  return status;
}

describe('who sees what is public of a token', () => {
  it('cannot try out secrets with its public id', async () => {
    const { body } = await api.get('/api/admin/tokens');
    const ids = (body as { items: { id: string }[] }).items.map(({ id }) => id);
    expect(ids).toHaveLength(1);
    const digest = sha256(CHOSEN).toString('hex');
    for (const id of ids) for (const piece of id.split('-')) expect(digest).not.toContain(piece.slice(0, 6));
    await server.kill();
    server = await startServer({ database: server.databaseUrl, dataDirectory: server.dataDirectory, env: { FLAGTREE_ADMIN_TOKEN: CHOSEN } });
    api = await Api.of(server.url, CHOSEN);
    expect((await api.get('/api/admin/tokens')).body).toMatchObject({ items: [{ id: ids[0] }] });
  }); // prettier-ignore

  it('nor with its ticket', async () => {
    const { body } = await api.post('/api/admin/tokens', { name: 'client', kind: 'client', environments: ['staging'] });
    const { token } = body as { token: string };
    for (const secret of [CHOSEN, token]) {
      const ticket = await ticketOf(secret);
      const [, subject = '', signed = ''] = /^(.*)\.([\w-]{43})$/.exec(ticket) ?? [];
      for (const key of [sha256(secret), secret, sha256(secret).toString('hex')])
        for (const text of [subject, `flagtree event stream\n${subject}`])
          expect(createHmac('sha256', key).update(text).digest('base64url')).not.toBe(signed);
      expect(await open(ticket)).toBe(200);
      expect(await open(`${subject}.${createHmac('sha256', sha256(secret)).update(`flagtree event stream\n${subject}`).digest('base64url')}`)).toBe(401); // prettier-ignore
    }
  });
});

it('a ticket is good for five minutes unless told otherwise', async () => {
  const [, expiry = ''] = /\.([0-9a-z]{1,10})\.[\w-]{43}$/.exec(await ticketOf(CHOSEN)) ?? [];
  const leftMs = parseInt(expiry, 36) - Date.now();
  expect(leftMs).toBeGreaterThan(0);
  expect(leftMs).toBeLessThanOrEqual(5 * 60_000);
});
