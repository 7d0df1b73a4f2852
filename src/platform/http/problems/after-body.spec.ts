import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { afterBody } from './after-body.js';

let server: Server | undefined;

/** Refuses every request before it has read the body, and closes the connection. */
async function refusing(mostMs?: number): Promise<number> {
  server = createServer((request, response) => {
    afterBody(request, () => response.writeHead(413, { connection: 'close' }).end('too much'), mostMs);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

afterEach(() => {
  server?.close();
});

describe('an answer after the body', () => {
  it('reaches who sends far more than is read', async () => {
    const port = await refusing();
    for (let time = 0; time < 10; time++) {
      const answer = await fetch(`http://127.0.0.1:${String(port)}/`, { method: 'POST', body: 'x'.repeat(5_000_000) });
      expect([answer.status, await answer.text()]).toEqual([413, 'too much']);
    }
  });

  it('reaches who sends nothing', async () => {
    const port = await refusing();
    expect((await fetch(`http://127.0.0.1:${String(port)}/`)).status).toBe(413);
  });

  it('does not wait for ever for who stops sending', async () => {
    const port = await refusing(50);
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 1000000\r\n\r\nx');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('comes at once when the body is there', () => {
    let answered = false;
    afterBody({ complete: true } as never, () => (answered = true));
    expect(answered).toBe(true);
  });
});
