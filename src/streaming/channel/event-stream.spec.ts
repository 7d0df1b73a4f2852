import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Caller, type Token } from '../../access/identity/caller.js';
import { EventStream } from './event-stream.js';

const caller = new Caller({ id: 'id', publicId: 'public', name: 'shop' } as Token);
const BUFFER = 64 * 1024;

let server: Server;
const sockets: Socket[] = [];
let arrived: (response: ServerResponse) => void;

beforeEach(async () => {
  server = createServer((_request, response) => { arrived(response); }); // prettier-ignore
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A stream to a reader that takes nothing unless it is resumed. */
async function open() {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  sockets.push(socket);
  const response = new Promise<ServerResponse>((resolve) => (arrived = resolve));
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const told = { slow: 0, closed: 0 };
  const stream = new EventStream(await response, {
    caller,
    format: 'native',
    bufferBytes: BUFFER,
    headers: { 'x-request-id': 'r' },
    slow: () => told.slow++,
    closed: () => told.closed++,
  });
  return { socket, stream, told, raw: await response };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('an event stream', () => {
  it('disconnects a reader that does not keep up, and holds no more for it than the buffer', async () => {
    const { stream, told, raw } = await open();
    const event = Buffer.alloc(16 * 1024, 'x');
    let most = 0;
    for (let sent = 0; sent < 10_000 && told.slow === 0; sent++) {
      stream.send(event);
      most = Math.max(most, raw.destroyed ? 0 : raw.writableLength);
      if (sent % 10 === 0) await soon();
    }
    expect(told.slow).toBe(1);
    expect(most).toBeLessThanOrEqual(BUFFER);
    await once(raw, 'close').catch(() => undefined);
    expect(told.closed).toBe(1);
    stream.send(event);
    expect(told.slow).toBe(1);
  });

  it('may begin with more than the buffer', async () => {
    const { socket, stream, told } = await open();
    stream.begin(['retry: 1\n\n', Buffer.alloc(8 * 1024 * 1024 - 10, 'y')]);
    expect(told.slow).toBe(0);
    let received = 0;
    socket.on('data', (chunk) => (received += chunk.length)).resume();
    while (received < 8 * 1024 * 1024) await soon();
    stream.send(Buffer.from('z'));
    expect(told).toEqual({ slow: 0, closed: 0 });
  });

  it('does not wait for ever for a reader that leaves its beginning lying', async () => {
    const { stream, told } = await open();
    stream.begin([Buffer.alloc(32 * 1024 * 1024)]);
    stream.keepAlive(Date.now() + 59_000, 60_000);
    expect(told.slow).toBe(0);
    stream.keepAlive(Date.now() + 61_000, 60_000);
    expect(told.slow).toBe(1);
  });

  it('may be sent one event that is larger than the buffer, if it takes that before the next one', async () => {
    const [ready, lazy] = [await open(), await open()];
    const event = Buffer.alloc(8 * 1024 * 1024);
    let received = 0;
    ready.socket.on('data', (chunk) => (received += chunk.length)).resume();
    for (let round = 1; round <= 2; round++) {
      ready.stream.send(event);
      lazy.stream.send(event);
      while (received < round * event.length) await soon();
    }
    expect([ready.told.slow, lazy.told.slow]).toEqual([0, 1]);
  });

  it('is kept alive only when it has been silent', async () => {
    const { socket, stream } = await open();
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString())).resume();
    stream.send(Buffer.from('data: 1\n\n'));
    stream.keepAlive(Date.now(), 1_000);
    stream.keepAlive(Date.now() + 1_000, 1_000);
    while (!text.includes(': \n\n')) await soon();
    expect(text.match(/: \n\n/g)).toHaveLength(1);
  });

  it('ends with a farewell, once, and its connection with it', async () => {
    const { socket, stream, told } = await open();
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString())).resume();
    expect([stream.end('retry: 5\n\n'), stream.end('retry: 6\n\n')]).toEqual([true, false]);
    await once(socket, 'close');
    expect(text).toContain('retry: 5\n\n');
    expect(text).not.toContain('retry: 6');
    expect(told).toEqual({ slow: 0, closed: 1 });
  });

  it('does not wait for a reader that does not take the farewell', async () => {
    const { stream, told, raw } = await open();
    stream.begin([Buffer.alloc(32 * 1024 * 1024)]);
    stream.end('retry: 5\n\n');
    await once(raw, 'close');
    expect(told.closed).toBe(1);
  });
});
