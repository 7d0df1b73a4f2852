import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { editFlag, makeFlag } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { Reader, type StreamEvent } from './reader.js';

const STREAM = '/api/feature-flags/stream';

describe('readers who never read', () => {
  const READERS = 40;
  let server: TestServer;
  let admin: Api;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    server = await startServer({ env: { FLAGTREE_STREAM_BUFFER: '4kb', FLAGTREE_FLAG_SIZE_LIMIT: '1mb' } });
    admin = await Api.of(server.url, server.adminToken);
    const value = 'x'.repeat(60_000);
    const variants = Array.from({ length: 15 }, (_, index) => ({ key: `v${String(index)}`, value }));
    for (let count = 0; count < 8; count++)
      await makeFlag(admin, `large-${String(count)}`, { type: 'string', variants, defaultVariant: 'v0', offVariant: null });
    await makeFlag(admin, 'lamp');
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  });

  const memory = async () => {
    const { body } = await admin.get('/metrics');
    const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body as string)?.[1]);
    return {
      streams: value('flagtree_streams'),
      bytes: value('nodejs_heap_size_used_bytes') + value('nodejs_external_memory_bytes'),
    };
  };

  it('share the bytes of the snapshot', async () => {
    const { length } = JSON.stringify((await admin.get('/api/feature-flags/snapshot?env=staging')).body);
    expect(length).toBeGreaterThan(7_000_000);
    const before = await memory();
    const { hostname, port } = new URL(server.url);
    for (let count = 0; count < READERS; count++) {
      const socket = connect(Number(port), hostname).pause();
      socket.on('error', () => undefined);
      socket.write(`GET ${STREAM}?env=staging HTTP/1.1\r\nHost: x\r\nX-API-Key: ${server.adminToken}\r\n\r\n`);
      sockets.push(socket);
    }
    await until(async () => (await memory()).streams === READERS, 'all streams to be open');
    expect((await memory()).bytes - before.bytes).toBeLessThan(READERS * 0.2 * length);
  });

  it('or who have missed more than the buffer, get everything instead of what they missed', async () => {
    const reader = new Reader(`${server.url}${STREAM}?env=production`, { token: server.adminToken });
    const [{ name: lastEventId }] = (await reader.first(1)) as [StreamEvent];
    for (let percentage = 1; percentage <= 40; percentage++) await editFlag(admin, 'lamp', { percentage });
    await reader.first(41);
    reader.close();
    const back = new Reader(`${server.url}${STREAM}?env=production`, {
      token: server.adminToken,
      lastEventId,
    });
    expect((await back.first(2)).map(({ event, data }) => [event, data.reason])).toEqual([
      ['reset', 'not-replayable'],
      ['snapshot', undefined],
    ]);
    back.close();
  });
});
