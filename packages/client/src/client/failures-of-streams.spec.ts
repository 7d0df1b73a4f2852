import { describe, expect, it } from '@jest/globals';
import { aClient } from '../specs/a-client.js';
import { aDocument, aRow } from '../specs/documents.js';
import { FakeServer, type FakeStream, serves, status, unreachable } from '../specs/fake-server.js';
import type { SnapshotDocument } from '../types/document.js';

/** What goes wrong with the event stream, and what then holds: the other rows of the table in docs/reference/client.md. */

const ONE = aDocument({ lamp: aRow(), fan: aRow() });
const TWO = aDocument({ lamp: aRow({ enabled: false }), fan: aRow() }, { revision: 2 });
const change = (to: SnapshotDocument, from: SnapshotDocument, flags: object) => ({
  environment: 'production',
  revision: to.revision,
  etag: to.etag,
  from: from.etag,
  keys: Object.keys(flags),
  flags,
  segments: {},
});
const LAMP_OFF = change(TWO, ONE, { lamp: aRow({ enabled: false }) });

/** A client whose stream is open and confirmed. */
async function streaming(server = new FakeServer().answers(serves(ONE)), document = ONE) {
  server.opens ??= (_asked, stream) => stream;
  const scene = aClient({ options: { mode: 'stream' }, server });
  await scene.clock.advance(0);
  server.streams[0]?.current(document);
  await scene.clock.advance(0);
  return { ...scene, stream: server.streams[0] as FakeStream };
}

describe('a stream', () => {
  it('is opened when the document is there, with its tag and revision, and is what status() says', async () => {
    const { client, server } = await streaming();
    expect(server.opened).toEqual([
      {
        path: '/api/feature-flags/stream',
        query: { content: 'true' },
        headers: { 'if-none-match': '"etag-1"' },
      },
    ]);
    expect(client.status()).toMatchObject({ state: 'ready', transport: 'stream' });
    expect(server.asked).toHaveLength(1);
  });

  it('may begin with the whole document, as servers without the event `current` do', async () => {
    const server = new FakeServer().answers(serves(ONE), serves(TWO));
    const { client, clock } = aClient({ options: { mode: 'stream' }, server });
    await clock.advance(0);
    server.streams[0]?.say('snapshot', ONE, '1');
    await clock.advance(0);
    expect(client.status()).toMatchObject({ state: 'ready', transport: 'stream', revision: 1 });
    server.streams[0]?.say('change', { environment: 'production', revision: 2, etag: TWO.etag, keys: ['lamp'] });
    await clock.advance(0);
    expect(client.status()).toMatchObject({ state: 'ready', transport: 'stream', revision: 2 });
    expect(server.asked).toHaveLength(2);
  });

  it('brings what changed without another request, and only that is new', async () => {
    const { client, stream, server, heard, clock } = await streaming();
    const pinned = client.pinned();
    stream.say('change', LAMP_OFF);
    expect([client.boolean('lamp', true), client.boolean('fan'), pinned.boolean('lamp')]).toEqual([false, true, true]);
    expect(heard.change.at(-1)).toEqual({ environment: 'production', revision: 2, keys: ['lamp'] });
    stream.say('change', change(aDocument({}, { revision: 3 }), TWO, { lamp: null }));
    expect(client.details('lamp', true)).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
    await clock.advance(40_000);
    expect(server.asked).toHaveLength(1);
  });

  it('that tells of a change which does not fit leads to one request, for at least that revision', async () => {
    const { client, stream, server, clock } = await streaming(new FakeServer().answers(serves(ONE), serves(TWO)));
    stream.say('change', { ...LAMP_OFF, from: 'another' });
    await clock.advance(0);
    expect(server.asked[1]).toMatchObject({ query: { minRevision: '2' }, headers: { 'if-none-match': '"etag-1"' } });
    expect(client.status()).toMatchObject({ state: 'ready', revision: 2 });
  });

  it('that tells of much at once leads to no more requests than one after the other', async () => {
    const THREE = aDocument({}, { revision: 9 });
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { client, stream, server, clock } = await streaming(
      new FakeServer().answers(serves(ONE), async (asked) => { await gate; return serves(TWO)(asked); }, serves(THREE)), // prettier-ignore
    );
    const tell = (revision: number) =>
      stream.say('change', { environment: 'production', revision, etag: `etag-${revision}`, keys: ['lamp'] });
    tell(2);
    await clock.advance(0);
    for (let revision = 3; revision <= 9; revision++) tell(revision);
    await clock.advance(0);
    expect(server.asked).toHaveLength(2);
    release();
    await clock.advance(0);
    expect(server.asked).toHaveLength(3);
    expect(client.status()).toMatchObject({ state: 'ready', revision: 9 });
  });

  it('does not replace the document: it is asked for every five minutes', async () => {
    const { stream, server, clock } = await streaming();
    for (let minute = 0; minute < 5; minute++) {
      for (let beat = 0; beat < 4; beat++) {
        await clock.advance(15_000);
        stream.heartbeat();
      }
    }
    expect(server.asked).toHaveLength(2);
    expect(server.streams).toEqual([stream]);
  });
});

describe('a stream that is cut', () => {
  it('has no effect on evaluation; it is opened anew with the tag, and what was missed is there with the first answer', async () => {
    const { client, stream, server, clock, heard } = await streaming();
    stream.end();
    expect([client.boolean('lamp'), client.status().transport]).toEqual([true, 'poll']);
    await clock.advance(750);
    server.streams[0]?.current(TWO).say('change', LAMP_OFF);
    await clock.advance(0);
    expect(client.status()).toMatchObject({ state: 'ready', transport: 'stream', revision: 2 });
    expect(server.asked).toHaveLength(1);
    expect(heard.state.map(({ to }) => to)).toEqual(['ready']);
  });

  it('waits as long as the server wishes', async () => {
    const { stream, server, clock } = await streaming();
    stream.end(4_000);
    await clock.advance(3_999);
    expect(server.opened).toHaveLength(1);
    await clock.advance(1);
    expect(server.opened).toHaveLength(2);
  });

  it('is stale when the next attempt fails, and ready when one succeeds', async () => {
    const { client, stream, server, clock, heard } = await streaming();
    server.opens = unreachable;
    server.answers(unreachable);
    stream.end();
    await clock.advance(749);
    expect(client.status().state).toBe('ready');
    await clock.advance(1);
    expect(client.status().state).toBe('stale');
    server.opens = (_asked, opened) => opened;
    await clock.advance(2_000);
    server.streams[0]?.current(ONE);
    expect(heard.state.map(({ to }) => to)).toEqual(['ready', 'stale', 'ready']);
  });

  it('is never asked for more than once a second, however long the server is away', async () => {
    const { stream, server, clock } = await streaming();
    server.opens = unreachable;
    server.answers(unreachable);
    stream.end();
    for (let second = 0; second < 600; second++) {
      const before = server.asked.length + server.opened.length;
      await clock.advance(1_000);
      expect(server.asked.length + server.opened.length - before).toBeLessThanOrEqual(1 + (second < 5 ? 1 : 0));
    }
    expect(server.asked.length + server.opened.length).toBeLessThan(600 / 10);
  });
});

describe('a stream that is refused', () => {
  it('429 and 503: the server is polled meanwhile, and the data is ready', async () => {
    const server = new FakeServer().answers(serves(ONE));
    server.opens = status(503, { code: 'stream-limit', detail: 'Full.' }, { 'retry-after': '60' });
    const { client, clock } = await streaming(server);
    expect(client.status()).toMatchObject({
      state: 'ready',
      transport: 'poll',
      why: 'The server answers 503 stream-limit: Full.',
    });
    await clock.advance(59_999);
    expect([server.asked.length, server.opened.length]).toEqual([2, 1]);
    await clock.advance(1);
    expect(server.opened).toHaveLength(2);
  });

  it('by a proxy that buffers: it is polled every 30 s, and the stream is tried every 10 minutes', async () => {
    const server = new FakeServer().answers(serves(ONE));
    const { client, clock, heard } = aClient({ options: { mode: 'stream' }, server });
    await clock.advance(10_000);
    expect(client.status()).toMatchObject({ state: 'ready', transport: 'poll', why: expect.stringContaining('holds them back') });
    expect(heard.problem).toMatchObject([{ code: 'stream-buffered' }]);
    await clock.advance(60_000);
    expect(server.asked).toHaveLength(3);
    await clock.advance(539_000);
    expect(server.opened).toHaveLength(1);
    await clock.advance(2_000);
    expect(server.opened).toHaveLength(2);
  });

  it('for its token: the data stays, and it is stale', async () => {
    const server = new FakeServer().answers(serves(ONE));
    server.opens = status(403, { code: 'environment-forbidden' });
    const { client, heard } = await streaming(server);
    expect(client.status()).toMatchObject({ state: 'stale', revision: 1 });
    expect(heard.problem).toMatchObject([{ code: 'refused' }]);
  });
});

describe('a slow, half-open or silent stream', () => {
  it('counts as dead after three heartbeats: the document is asked for, then the stream is opened anew', async () => {
    const { stream, server, clock } = await streaming();
    stream.say('current', { environment: 'production', revision: 1, etag: 'etag-1', heartbeatMs: 2_000 });
    await clock.advance(4_999);
    expect(server.streams).toEqual([stream]);
    await clock.advance(5_001);
    expect(server.streams).not.toContain(stream);
    await clock.advance(1_000);
    expect([server.asked.length, server.opened.length]).toEqual([2, 2]);
  });
});

describe('an event for another environment, out of order, twice, or garbage', () => {
  it.each<[string, string, object | string, number]>([
    ['of another environment', 'change', { ...LAMP_OFF, environment: 'staging' }, 0],
    ['of an older revision', 'change', { ...LAMP_OFF, revision: 0 }, 0],
    ['that is known', 'change', { ...LAMP_OFF, etag: ONE.etag }, 0],
    ['with a name of the future', 'weather', { revision: 1, etag: 'x' }, 0],
    ['that is no JSON', 'change', '{"revision":', 1],
    ['without a revision', 'change', { etag: 'x' }, 1],
  ])('%s is ignored and counted, or leads to one request', async (_what, name, data, requests) => {
    const { client, stream, server, clock } = await streaming();
    stream.say(name, data);
    await clock.advance(0);
    expect(client.status()).toMatchObject({ state: 'ready', revision: 1 });
    expect(client.stats().streams.ignoredEvents).toBe(1);
    expect(server.asked.length - 1).toBe(requests);
  });

  it.each([
    ['flags that are none', { ...LAMP_OFF, flags: { lamp: 5 } }],
    ['a trap', { ...LAMP_OFF, flags: JSON.parse('{"__proto__":{}}') as object }],
  ])('%s are not taken over: the document is asked for', async (_what, data) => {
    const { client, stream, server, clock } = await streaming(new FakeServer().answers(serves(ONE), serves(TWO)));
    stream.say('change', data);
    await clock.advance(0);
    expect(server.asked).toHaveLength(2);
    expect(client.status().revision).toBe(2);
  });
});

describe('a database that was restored', () => {
  it('is believed at once when the stream says so', async () => {
    const OLD = aDocument({ lamp: aRow() }, { revision: 1, etag: 'restored' });
    const { client, stream, server, clock } = await streaming(new FakeServer().answers(serves(TWO), serves(OLD)), TWO);
    stream.say('reset', { environment: 'production', revision: 1, reason: 'history-replaced' });
    await clock.advance(0);
    expect(server.asked[1]).toMatchObject({ query: {}, headers: {} });
    expect(client.status()).toMatchObject({ state: 'ready', revision: 1, etag: 'restored' });
  });

  it('what cannot be replayed is asked for', async () => {
    const { client, stream, clock } = await streaming(new FakeServer().answers(serves(ONE), serves(TWO)));
    stream.say('reset', { environment: 'production', revision: 2, reason: 'not-replayable' });
    await clock.advance(0);
    expect(client.status()).toMatchObject({ state: 'ready', revision: 2 });
  });
});

describe('a laptop that slept, a container that was frozen', () => {
  it('on waking the stream counts as dead, and the document is asked for first', async () => {
    const { stream, server, clock } = await streaming();
    await clock.advance(4_000);
    clock.jump(3_600_000);
    await clock.advance(1_000);
    expect(server.streams).not.toContain(stream);
    expect(server.asked).toHaveLength(2);
    await clock.advance(1_000);
    expect(server.opened).toHaveLength(2);
  });
});

describe('close()', () => {
  it('closes the stream, and leaves no timer', async () => {
    const { client, server, clock } = await streaming();
    await client.close();
    expect([server.streams.length, clock.pending]).toEqual([0, 0]);
  });
});
