import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { editFlag, makeFlag } from './steps.js';

const SNAPSHOT = '/api/feature-flags/snapshot';
let server: TestServer;
let admin: Api;
/** A moment of the history. */
let written: string;

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  for (let place = 0; place < 10; place++) await makeFlag(admin, `flag-${String(place)}`);
  written = (await admin.get('/api/admin/feature-flags/flag-9')).body.updatedAt as string;
});
afterAll(() => server.stop());

interface Sent {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** The bytes as they are sent: `fetch` would take them apart. */
const ask = (headers: Record<string, string> = {}, method = 'GET', path = SNAPSHOT): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const sent = { ...headers, authorization: `Bearer ${server.adminToken}` };
    get(server.url + path, { method, headers: sent, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => { resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }); }); // prettier-ignore
    }).on('error', reject);
  });

describe('a snapshot', () => {
  it.each(['', '?details=true'])('is compressed for who takes gzip, and the same in the end (%s)', async (query) => {
    const plain = await ask({}, 'GET', SNAPSHOT + query);
    const packed = await ask({ 'accept-encoding': 'gzip' }, 'GET', SNAPSHOT + query);
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'application/json; charset=utf-8' });
    expect(packed.body.length).toBeLessThan(plain.body.length / 4);
    expect(packed.headers['content-length']).toBe(String(packed.body.length));
    expect(gunzipSync(packed.body)).toEqual(plain.body);
    expect(packed.headers['etag']).toBe(`W/${String(plain.headers['etag'])}`);
    for (const { headers } of [plain, packed]) expect(headers['vary']).toContain('Accept-Encoding');
  });

  it('is not sent again to who has it, in whichever form', async () => {
    for (const taken of ['gzip', 'identity']) {
      const { etag } = (await ask({ 'accept-encoding': taken })).headers;
      for (const form of ['gzip', 'identity']) {
        const again = await ask({ 'accept-encoding': form, 'if-none-match': String(etag) });
        expect([again.status, again.body.length]).toEqual([304, 0]);
      }
    }
  });

  it('has the same head when only that is asked for', async () => {
    for (const taken of ['gzip', 'identity']) {
      const [whole, head] = [await ask({ 'accept-encoding': taken }), await ask({ 'accept-encoding': taken }, 'HEAD')];
      expect(head.body).toHaveLength(0);
      for (const name of ['etag', 'content-encoding', 'content-length', 'vary'])
        expect(head.headers[name]).toEqual(whole.headers[name]);
    }
  });

  it('is not older than the revision that the reader knows', async () => {
    await editFlag(admin, 'flag-0', { percentage: 20 });
    const { revision, etag } = (await admin.get(SNAPSHOT)).body as { revision: number; etag: string };
    expect(await admin.get(`${SNAPSHOT}?minRevision=${String(revision)}`)).toMatchObject({ status: 200, body: { revision } });
    const seen = { headers: { 'if-none-match': `"${etag}"` } };
    expect(await admin.get(`${SNAPSHOT}?minRevision=${String(revision)}`, seen)).toMatchObject({ status: 304 });
    const later = await admin.get(`${SNAPSHOT}?minRevision=${String(revision + 1)}`, seen);
    expect(later).toMatchObject({ status: 503, body: { code: 'revision-not-reached' } });
    expect(later.headers.get('retry-after')).toBe('1');
  });

  it.each(['-1', '1.5', 'latest', '', '1&minRevision=2', '99999999999999999999', '1&at=LATER'])(
    'is refused for minRevision=%s',
    async (given) => {
      const { status, body } = await admin.get(`${SNAPSHOT}?minRevision=${given.replace('LATER', written)}`);
      expect([status, body.errors[0].pointer]).toEqual([400, '?minRevision']);
    },
  );
});
