import { once } from 'node:events';
import { createServer, request as ask, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answerBeforeBody, awaitsBody } from './before-body.js';

let server: Server | undefined;
let sockets: Socket[] = [];

/** Refuses every request before it has read the body. */
async function refusing(mostMs?: number): Promise<number> {
  server = createServer((request, response) => {
    const answer = { status: 413, head: ['content-length', '8'], body: 'too much' };
    if (awaitsBody(request)) answerBeforeBody(request, response, answer, mostMs);
    else response.writeHead(413).end('too much');
  });
  server.on('connection', (socket) => sockets.push(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

const HEAD = 'POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 100000000\r\n\r\n';

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  sockets = [];
});

describe('an answer before the body', () => {
  it('reaches who sends far more than is read, and ends the connection', async () => {
    const port = await refusing();
    for (let time = 0; time < 3; time++) {
      const answer = await fetch(`http://127.0.0.1:${String(port)}/`, { method: 'POST', body: 'x'.repeat(20_000_000) });
      expect([answer.status, answer.headers.get('connection'), await answer.text()]).toEqual([413, 'close', 'too much']);
    }
    expect(sockets).toHaveLength(3);
  });

  it('reaches who hears nothing until all of a small body is sent', async () => {
    const port = await refusing();
    const request = ask({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': 500_000 } });
    const answered = once(request, 'response');
    for (let piece = 0; piece < 5; piece++) {
      request.write('x'.repeat(100_000));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    request.end();
    const [answer] = (await answered) as [{ statusCode: number }];
    expect(answer.statusCode).toBe(413);
  });

  it('keeps the connection of who sends nothing', async () => {
    const port = await refusing();
    const socket = connect(port, '127.0.0.1');
    for (let time = 0; time < 2; time++) {
      socket.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
      expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 413 [^]*keep-alive/);
    }
    socket.destroy();
  });

  it('comes before the connection ends', async () => {
    const socket = connect(await refusing(3_600_000), '127.0.0.1');
    socket.write(`${HEAD}x`);
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 413 /);
    expect(socket.readableEnded).toBe(false);
    socket.destroy();
  });

  it('ends the connection of who stops sending', async () => {
    const socket = connect(await refusing(200), '127.0.0.1');
    socket.write(`${HEAD}x`);
    await once(socket.resume(), 'close');
  });

  it('reads little of who goes on sending', async () => {
    const port = await refusing(300);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.write(HEAD);
    const more = setInterval(() => { for (let piece = 0; piece < 20; piece++) socket.write(Buffer.alloc(262_144)); }, 5); // prettier-ignore
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(more);
    expect(sockets[0]?.bytesRead).toBeLessThan(4_000_000);
  });
});
