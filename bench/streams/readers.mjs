import { connect } from 'node:net';

/** Opens one stream over a bare socket; `heard(id, at)` is told of every event, `at` in milliseconds of this machine's clock. */
export function openStream({ url, token }, heard) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET /api/feature-flags/stream?env=production HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  const ready = new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.once('data', (head) => (head.includes(' 200 ') ? resolve() : reject(new Error(String(head).split('\r\n')[0]))));
  });
  let text = '';
  socket.on('data', (chunk) => {
    const at = performance.timeOrigin + performance.now();
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      const id = /event: change\nid: (\d+)/.exec(event)?.[1];
      if (id) heard(Number(id), at);
    }
  });
  return { ready, close: () => socket.destroy() };
}

/** `count` streams, opened a hundred at a time. */
export async function openStreams(server, count, heard) {
  const streams = [];
  for (let from = 0; from < count; from += 100) {
    const batch = Array.from({ length: Math.min(100, count - from) }, (_, index) =>
      openStream(server, (id, at) => heard(from + index, id, at)),
    );
    await Promise.all(batch.map(({ ready }) => ready));
    streams.push(...batch);
  }
  return { close: () => streams.forEach((stream) => stream.close()) };
}
