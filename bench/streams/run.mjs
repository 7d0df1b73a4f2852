/**
 * How fast changes arrive, and what waiting for them costs: `node bench/streams/run.mjs [streams]` (after a build). Every number stands beside
 * that of a bare node:http server that sends the same bytes, measured in the same run on the same machine.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { buildIfChanged } from '../../scripts/setup/build/build-if-changed.mjs';
import { openStream, openStreams } from './readers.mjs';
import { deafLink, memoryOf, startBare, startFlagtree } from './servers.mjs';
import { ms, spread } from './spread.mjs';

const STREAMS = Number(process.argv[2] ?? 5_000);
const CHANGES = 300;
const LOST = 12;

const call = async ({ url, token }, method, path, body) => {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
};

const flip = (server, number) => call(server, 'PATCH', '/api/admin/feature-flags/lamp', { percentage: number % 100 });

async function waitFor(holds, withinMs) {
  for (const end = performance.now() + withinMs; performance.now() < end; await sleep(5)) if (holds()) return true;
  return false;
}

/** From the moment that the database gave the revision (a little before its commit) to the byte at the reader: never less than the truth. */
async function arrival(near, far) {
  const heard = { near: new Map(), far: new Map() };
  const streams = [openStream(near, (id, at) => heard.near.set(id, at)), openStream(far, (id, at) => heard.far.set(id, at))];
  await Promise.all(streams.map(({ ready }) => ready));
  for (let number = 1; number <= CHANGES; number++) {
    await flip(near, number);
    await sleep(15);
  }
  await waitFor(() => heard.far.size >= CHANGES, 10_000);
  streams.forEach((stream) => stream.close());
  const client = new pg.Client({ connectionString: near.databaseUrl });
  await client.connect();
  const { rows } = await client.query(
    `SELECT revision::int AS revision, extract(epoch FROM at) * 1000 AS at FROM flagtree.audit_entries`,
  );
  await client.end();
  const since = (side) =>
    rows.filter(({ revision }) => side.has(revision)).map(({ revision, at }) => side.get(revision) - Number(at));
  return { near: since(heard.near), far: since(heard.far) };
}

async function bareArrival(bare) {
  const heard = new Map();
  const stream = openStream(bare, (id, at) => heard.set(id, at));
  await stream.ready;
  const times = [];
  for (let number = 1; number <= CHANGES; number++) {
    const asked = performance.timeOrigin + performance.now();
    await fetch(bare.url, { method: 'POST' });
    await waitFor(() => heard.has(number), 1_000);
    times.push(heard.get(number) - asked);
  }
  stream.close();
  return times;
}

/** Memory of `STREAMS` idle streams, and one change to all of them. */
async function crowd(server, change) {
  await sleep(1_000);
  const idle = memoryOf(server.pid);
  const heard = new Map();
  const streams = await openStreams(server, STREAMS, (reader, _id, at) => heard.set(reader, at));
  await sleep(3_000);
  const full = memoryOf(server.pid);
  const asked = performance.timeOrigin + performance.now();
  await change();
  await waitFor(() => heard.size === STREAMS, 20_000);
  const times = [...heard.values()].map((at) => at - asked);
  streams.close();
  return { memory: full - idle, last: Math.max(...times), missed: STREAMS - heard.size };
}

async function lostListen(near) {
  const link = await deafLink(near.databaseUrl);
  const deaf = await startFlagtree({ DATABASE_URL: link.url, FLAGTREE_ADMIN_TOKEN: near.token });
  const heard = new Map();
  const stream = openStream(deaf, (id, at) => heard.set(id, at));
  await stream.ready;
  const times = [];
  for (let number = 0; number < LOST; number++) {
    const known = heard.size;
    const asked = performance.timeOrigin + performance.now();
    await flip(near, number + 1);
    await waitFor(() => heard.size > known, 20_000);
    times.push([...heard.values()].at(-1) - asked);
    await sleep(Math.random() * 2_000);
  }
  stream.close();
  await deaf.stop();
  link.close();
  return times;
}

buildIfChanged();
const started = [];
const use = async (starting) => {
  const server = await starting;
  started.push(server);
  return server;
};
try {
  await measure();
} finally {
  for (const server of started.reverse()) await server.stop();
}

async function measure() {
  const near = await use(startFlagtree());
  await call(near, 'POST', '/api/admin/feature-flags', { key: 'lamp', enabled: true });
  const far = await use(startFlagtree({ DATABASE_URL: near.databaseUrl, FLAGTREE_ADMIN_TOKEN: near.token }));
  const bare = await use(startBare());

  const times = await arrival(near, far);
  console.log(`commit → SSE byte, the same server (target p99 ≤ 100 ms):   ${spread(times.near)} of ${CHANGES}`);
  console.log(`commit → SSE byte, another server (target p99 ≤ 500 ms):    ${spread(times.far)} of ${CHANGES}`);
  console.log(`  bare node:http, request → byte:                           ${spread(await bareArrival(bare))}`);
  const many = await crowd(near, () => flip(near, 7.5));
  console.log(`${STREAMS} idle streams (target ≤ 250 MB over an idle server): ${many.memory.toFixed(0)} MB`);
  console.log(`one change to all, request → last byte (target ≤ 1 s):      ${ms(many.last)}, ${many.missed} missed`);
  const plain = await crowd(bare, () => fetch(bare.url, { method: 'POST' }));
  console.log(
    `  bare node:http:                                           ${plain.memory.toFixed(0)} MB, ${ms(plain.last)}, ${plain.missed} missed`,
  );
  console.log(`lost notifications, request → byte (target ≤ 7.5 s):        ${spread(await lostListen(near))}`);
}
