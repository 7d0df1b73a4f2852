import { createServer } from 'node:http';

/** What Flagtree's streams are measured against: the same bytes from node:http, without flags, tokens or a database. */
const streams = new Set();
let id = 0;

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    id++;
    const event = Buffer.from(
      `event: change\nid: ${id}\ndata: {"environment":"production","revision":${id},"etag":"${'0'.repeat(32)}","keys":["lamp"]}\n\n`,
    );
    for (const stream of streams) stream.write(event);
    response.end(String(id));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.write('retry: 1000\n\n');
  streams.add(response);
  response.on('close', () => streams.delete(response));
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
