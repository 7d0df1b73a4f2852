import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { editFlag, makeFlag } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { Reader } from './reader.js';

const STREAM = '/api/feature-flags/stream';

describe('as many streams as are allowed', () => {
  let server: TestServer;
  let admin: Api;
  beforeAll(async () => {
    server = await startServer({ env: { FLAGTREE_STREAM_LIMIT: '3', FLAGTREE_STREAM_HEARTBEAT: '200ms' } });
    admin = await Api.of(server.url, server.adminToken);
    await makeFlag(admin, 'lamp');
  });
  afterAll(() => server.stop());

  it('can be open; one more is asked to come back later, and evaluation goes on', async () => {
    const readers = [1, 2, 3].map(() => new Reader(`${server.url}${STREAM}`, { token: server.adminToken }));
    for (const reader of readers) await reader.first(1);
    const refused = await admin.get(STREAM);
    expect(refused).toMatchObject({ status: 503, body: { code: 'stream-limit' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await admin.post('/ofrep/v1/evaluate/flags/lamp', { context: {} })).body).toMatchObject({ value: true });
    readers[0]?.close();
    await until(async () => {
      const reader = new Reader(`${server.url}${STREAM}`, { token: server.adminToken });
      await new Promise((resolve) => setTimeout(resolve, 200));
      reader.close();
      return reader.events.length > 0;
    }, 'a place for another stream');
    for (const reader of readers) reader.close();
  });
});

describe('no streams at all', () => {
  it('are offered with a limit of 0', async () => {
    const server = await startServer({ env: { FLAGTREE_STREAM_LIMIT: '0' } });
    const admin = await Api.of(server.url, server.adminToken);
    expect((await admin.get(STREAM)).status).toBe(503);
    expect((await admin.post('/ofrep/v1/evaluate/flags', { context: {} })).body).not.toHaveProperty('eventStreams');
    await server.stop();
  });
});

describe('a server that is told to stop', () => {
  it('ends its streams, says when to come back, and is gone in time', async () => {
    const server = await startServer();
    const admin = await Api.of(server.url, server.adminToken);
    await makeFlag(admin, 'lamp');
    const readers = Array.from({ length: 40 }, () => new Reader(`${server.url}${STREAM}`, { token: server.adminToken }));
    for (const reader of readers) await reader.first(1);
    await editFlag(admin, 'lamp', { enabled: false });
    const exit = await server.stop('SIGTERM');
    expect(exit).toEqual({ code: 0, signal: null });
    expect(server.logs()).not.toContain('took longer than');
    for (const reader of readers) {
      expect((await reader.first(2)).map(({ event }) => event)).toEqual(['snapshot', 'change']);
      expect(reader.disconnects).toBeGreaterThan(0);
      reader.close();
    }
  });
});
