import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { editEnvironment, editFlag, makeEnvironment, makeFlag, makeSegment } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const STREAM = '/api/feature-flags/stream?env=island';
const DOCUMENT = '/api/feature-flags/snapshot?env=island';

interface Event {
  event: string;
  id: string | null;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
}

let server: TestServer;
let admin: Api;
const aborts: AbortController[] = [];

beforeAll(async () => {
  server = await startServer({ env: { FLAGTREE_STREAM_HEARTBEAT: '300ms', FLAGTREE_STREAM_BUFFER: '32kb' } });
  admin = await Api.of(server.url, server.adminToken);
  await makeEnvironment(admin, 'island', null);
  await makeFlag(admin, 'lamp');
});
afterEach(() => {
  for (const abort of aborts.splice(0)) abort.abort();
});
afterAll(() => server.stop());

const document = async () => (await admin.get(DOCUMENT)).body as Record<string, unknown> & { etag: string; revision: number };

/** All that a reader is told, as it was sent; it does not come back by itself. */
async function open(query = '&content=true', headers: Record<string, string> = {}) {
  const abort = new AbortController();
  aborts.push(abort);
  const answer = await fetch(server.url + STREAM + query, {
    headers: { authorization: `Bearer ${server.adminToken}`, ...headers },
    signal: abort.signal,
  });
  const events: Event[] = [];
  const heard = { text: '', comments: 0 };
  const read = async () => {
    for await (const bytes of answer.body as ReadableStream<Uint8Array>) {
      heard.text += Buffer.from(bytes).toString();
      const blocks = heard.text.split('\n\n');
      heard.text = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
        const [event, data] = [field('event'), field('data')];
        if (data === null) heard.comments++;
        else events.push({ event: event ?? 'message', id: field('id'), data: JSON.parse(data) });
      }
    }
  };
  read().catch(() => undefined);
  const first = async (count: number) => {
    await until(
      () => events.length >= count,
      `${String(count)} events; so far: ${JSON.stringify(events.map(({ event }) => event))}`,
    );
    return events.slice(0, count);
  };
  /** The events so far, once the reader has heard two heartbeats after them. */
  const all = async () => {
    const { comments } = heard;
    await until(() => heard.comments >= comments + 2, 'two heartbeats');
    return events.map(({ event }) => event);
  };
  return { status: answer.status, first, all, events };
}

/** A document with what a change says. */
function applied(held: Record<string, unknown>, { flags, segments, revision, etag }: Event['data']) {
  const patched = (rows: object, changes: object) =>
    Object.fromEntries(Object.entries({ ...rows, ...changes }).filter(([, row]) => row !== null));
  return { ...held, revision, etag, flags: patched(held['flags'] as object, flags), segments: patched(held['segments'] as object, segments) }; // prettier-ignore
}

describe('a stream with content', () => {
  it('says first where the server is, and sends no snapshot', async () => {
    const { environment, revision, etag } = { environment: 'island', ...(await document()) };
    const reader = await open();
    expect(await reader.first(1)).toEqual([
      { event: 'current', id: null, data: { environment, revision, etag, heartbeatMs: 300 } },
    ]);
    expect(await reader.all()).toEqual(['current']);
  });

  it('tells with each change what makes the document that it was the one that it is', async () => {
    let held: Record<string, unknown> = await document();
    const reader = await open();
    await reader.first(1);
    await makeSegment(admin, 'staff', [{ attribute: 'mail', operator: 'ends_with', values: ['@here'] }]);
    await makeFlag(admin, 'door', { rules: [{ id: 's', conditions: [{ segment: 'staff' }], serve: { variant: 'off' } }] });
    await editFlag(admin, 'lamp', { percentage: 40 });
    await admin.patch('/api/admin/segments/staff', { conditions: [{ attribute: 'mail', operator: 'ends_with', values: ['@there'] }] }); // prettier-ignore
    await admin.delete('/api/admin/feature-flags/door');
    const changes = (await reader.first(5)).slice(1);
    expect(changes.map(({ data }) => [data.keys, Object.keys(data.segments)])).toEqual([
      [['door'], ['staff']],
      [['lamp'], []],
      [['door'], ['staff']],
      [['door'], ['staff']],
    ]);
    expect(changes[3]?.data).toMatchObject({ flags: { door: null }, segments: { staff: null } });
    for (const { data } of changes) {
      expect(data.from).toBe(held['etag']);
      held = applied(held, data);
    }
    expect(held).toEqual(await document());
  });

  it('tells a reader that has the content nothing more, and nothing about other environments', async () => {
    const { etag } = await document();
    await editFlag(admin, 'lamp', { description: 'above the table' });
    for (const named of [`"${etag}"`, `W/"${etag}"`, `"other", "${etag}"`, '*']) {
      const reader = await open('&content=true', { 'if-none-match': named });
      expect(await reader.all()).toEqual(['current']);
    }
    expect(await (await open('', { 'if-none-match': `"${etag}"` })).all()).toEqual(['current']);
  });

  it('tells a reader that comes back what it has missed, by its etag or by its last event', async () => {
    const [held, reader] = [await document(), await open()];
    await reader.first(1);
    for (const percentage of [41, 42]) await editFlag(admin, 'lamp', { percentage });
    const changes = (await reader.first(3)).slice(1);
    const back = await open('&content=true', { 'if-none-match': `"${held.etag}"` });
    expect((await back.first(3)).slice(1)).toEqual(changes);
    const again = await open('&content=true', { 'last-event-id': String(changes[0]?.id) });
    expect((await again.first(2)).slice(1)).toEqual(changes.slice(1));
    expect(await again.all()).toEqual(['current', 'change']);
    expect(await (await open('&content=true', { 'last-event-id': String(changes[1]?.id) })).all()).toEqual(['current']);
  });

  it.each([
    ['another content', { 'if-none-match': '"0123"' }],
    ['an event that no server has sent', { 'last-event-id': 'yesterday' }],
  ])('tells a reader that has %s to fetch the document', async (_what, headers) => {
    const { revision } = await document();
    const reader = await open('&content=true', headers);
    expect(await reader.first(2)).toMatchObject([
      { event: 'current', data: { revision } },
      { event: 'reset', data: { environment: 'island', revision, reason: 'not-replayable' } },
    ]);
    expect(await reader.all()).toEqual(['current', 'reset']);
  });

  it('leaves out what is larger than the buffer, and what is not about flags alone', async () => {
    const reader = await open();
    await reader.first(1);
    const values = Array.from({ length: 500 }, (_, place) => `user-${String(place)}-${'x'.repeat(80)}@flags.example`);
    const rules = [{ id: 'many', conditions: [{ attribute: 'mail', operator: 'equals', values }], serve: { variant: 'off' } }];
    await editFlag(admin, 'lamp', { rules });
    await editEnvironment(admin, 'island', { aliases: ['isle'] });
    const [, large, renamed] = await reader.first(3);
    expect(large).toMatchObject({ event: 'change', data: { keys: ['lamp'] } });
    expect(renamed).toMatchObject({ event: 'change', data: { keys: [] } });
    for (const event of [large, renamed]) expect(event?.data).not.toHaveProperty('from');
    expect(await (await open('&content=true', { 'if-none-match': `"${String(large?.data.etag)}"` })).all()).toEqual(['current', 'reset']); // prettier-ignore
  });

  it('is refused with anything but a switch', async () => {
    expect((await admin.get(`${STREAM}&content=some`)).status).toBe(400);
  });
});
