import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../clock.js';
import { isOpen, openStream, type StreamListener } from './event-stream.js';
import { TransportError } from './exchange.js';
import { send } from './http.js';

/** Over real sockets: what a server does that is slow, broken or no server at all. */

const servers: (Server | TcpServer)[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function at(server: Server | TcpServer): Promise<URL> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/document`);
}

const serving = (listener: RequestListener) => at(createServer(listener));
/** Bytes as they are, for what no server of Node would send. */
const sending = (bytes: string) =>
  at(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(bytes));
    }),
  );

const CLOCK = systemClock({});
const LIMITS = { headers: {}, headMs: 200, totalMs: 400, maxBytes: 1_000, agent: undefined };
const ask = (url: URL, limits: Partial<typeof LIMITS> = {}) => send({ ...LIMITS, ...limits, url }, CLOCK).answer;
const refused = (message: RegExp) => expect.objectContaining({ name: 'TransportError', message: expect.stringMatching(message) });

describe('an answer', () => {
  it('is unpacked, and its size on the wire is told', async () => {
    const packed = gzipSync('{"a":1}'.padEnd(500));
    const url = await serving((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed));
    const { status, body, bytes } = await ask(url);
    expect([status, body.toString().trim(), bytes]).toEqual([200, '{"a":1}', packed.length]);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['that does not begin', () => undefined, /no answer from .* within 0.2 s/],
    [
      'that trickles',
      (_request, response) => {
        response.writeHead(200).write('{');
        const trickle = setInterval(() => response.write(' '), 50);
        response.on('close', () => { clearInterval(trickle); }); // prettier-ignore
      },
      /was not there as a whole within 0.4 s/,
    ],
    ['that is too large', (_request, response) => response.end('x'.repeat(2_000)), /more than 1000 bytes/],
    [
      'that unpacks to too much',
      (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000))),
      /cannot be unpacked/,
    ],
    [
      'that is not packed as it says',
      (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('{"a":1}'),
      /cannot be unpacked/,
    ],
    [
      'that breaks off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': 500 }).write('{');
        setTimeout(() => response.destroy(), 20);
      },
      /broke off/,
    ],
    ['of a server that hangs up', (request) => request.socket.destroy(), /cannot be reached/],
  ])('%s is given up', async (_what, listener, message) => {
    await expect(ask(await serving(listener))).rejects.toEqual(refused(message));
  });

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['a head that never ends', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ])('of %s is no answer', async (_what, bytes) => {
    await expect(ask(await sending(bytes))).rejects.toBeInstanceOf(TransportError);
  });

  it('of nobody is no answer', async () => {
    const url = await serving(() => undefined);
    const [server] = servers.splice(0) as [Server];
    await new Promise((resolve) => server.close(resolve));
    await expect(ask(url)).rejects.toEqual(refused(/cannot be reached.*ECONNREFUSED/));
  });
});

describe('an event stream', () => {
  const listener = () => {
    const told = { events: [] as unknown[], ends: [] as [string, number | null][] };
    let over: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (over = resolve));
    const hear: StreamListener = {
      bytes: () => undefined,
      event: (event) => told.events.push(event),
      ended: (...end) => {
        told.ends.push(end);
        over();
      },
    };
    return { told, hear, ended };
  };
  const HEAD = { 'content-type': 'text/event-stream; charset=utf-8' };

  it('is told event by event, however it is cut, and its end once', async () => {
    const { told, hear, ended } = listener();
    const text = Buffer.from('retry: 1500\nevent: change\nid: 7\ndata: {"name":"Grün"}\n\n: \n\n');
    const url = await serving((_request, response) => {
      response.writeHead(200, HEAD);
      void (async () => {
        for (const byte of text) {
          response.write(Buffer.of(byte));
          await new Promise(setImmediate);
        }
        response.end();
      })();
    });
    expect(isOpen(await openStream({ ...LIMITS, url }, CLOCK, hear, () => undefined))).toBe(true);
    await ended;
    expect(told.events).toEqual([{ event: 'change', data: '{"name":"Grün"}', id: '7' }]);
    expect(told.ends).toEqual([[expect.any(String), 1_500]]);
  });

  it('that is refused is an answer like any other', async () => {
    const url = await serving((_request, response) => response.writeHead(503, { 'retry-after': '2' }).end('{}'));
    const answer = await openStream({ ...LIMITS, url }, CLOCK, listener().hear, () => undefined);
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
  });

  it('that is a page of a proxy is none', async () => {
    const url = await serving((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
    await expect(openStream({ ...LIMITS, url }, CLOCK, listener().hear, () => undefined)).rejects.toEqual(
      refused(/no event stream was answered, but text\/html/),
    );
  });

  it('ends when one event is larger than anything may be', async () => {
    const { told, hear, ended } = listener();
    const url = await serving((_request, response) => void response.writeHead(200, HEAD).write(`data: ${'x'.repeat(5_000)}`));
    await openStream({ ...LIMITS, url }, CLOCK, hear, () => undefined);
    await ended;
    expect(told).toMatchObject({ events: [], ends: [[expect.any(String), null]] });
  });

  it('ends once when it is closed from here', async () => {
    const { told, hear, ended } = listener();
    const url = await serving((_request, response) => void response.writeHead(200, HEAD).write(': \n\n'));
    const stream = await openStream({ ...LIMITS, url }, CLOCK, hear, () => undefined);
    if (!isOpen(stream)) throw new Error('it did not open');
    stream.close('no longer wanted');
    stream.close('twice');
    await ended;
    expect(told.ends).toEqual([['no longer wanted', null]]);
  });
});
