import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CuttableLink } from '../evaluation/cuttable-link.js';
import {
  editEnvironment,
  editFlag,
  makeEnvironment,
  makeFlag,
  makeSegment,
  makeToken,
  setOverride,
} from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { Reader, type StreamEvent } from './reader.js';

const STREAM = '/api/feature-flags/stream';

let server: TestServer;
let admin: Api;
const readers: Reader[] = [];

beforeAll(async () => {
  server = await startServer({ env: { FLAGTREE_STREAM_HEARTBEAT: '300ms' } });
  admin = await Api.of(server.url, server.adminToken);
  await makeEnvironment(admin, 'island', null);
  await makeFlag(admin, 'lamp');
});
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});
afterAll(() => server.stop());

function open(
  environment: string,
  { token = server.adminToken, lastEventId }: { token?: string; lastEventId?: string } = {},
): Reader {
  const reader = new Reader(`${server.url}${STREAM}?env=${environment}`, {
    token,
    ...(lastEventId === undefined ? {} : { lastEventId }),
  });
  readers.push(reader);
  return reader;
}

const opened = async (environment: string, options?: Parameters<typeof open>[1]) => {
  const reader = open(environment, options);
  await reader.first(1);
  return reader;
};

/** The id of an event, as it is sent. */
const NAME = expect.stringMatching(/^\d+\.[0-9a-f]{6}$/);

const revision = async () => (await admin.get('/api/feature-flags/environment?env=island')).body.revision as number;

describe('a new reader', () => {
  it('gets the snapshot first, as the snapshot route answers it, with the revision as its id', async () => {
    const [first] = await open('staging').first(1);
    const { body } = await admin.get('/api/feature-flags/snapshot?env=staging');
    expect(first).toEqual({ event: 'snapshot', id: body.revision, name: NAME, data: body });
  });

  it('gets the headers that keep proxies from holding events back', async () => {
    const abort = new AbortController();
    const { status, headers } = await fetch(`${server.url}${STREAM}`, {
      headers: { 'x-api-key': server.adminToken, 'x-environment': 'development' },
      signal: abort.signal,
    });
    abort.abort();
    expect([status, Object.fromEntries(headers)]).toMatchObject([
      200,
      {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        'x-resolved-environment': 'development',
        'x-request-id': expect.any(String),
      },
    ]);
  });

  it.each(['/ofrep/v1/stream', STREAM])('is not one who asks %s only for its head', async (path) => {
    const { body } = await admin.post('/ofrep/v1/evaluate/flags?env=island', { context: {} });
    const { requestUri } = body.eventStreams[0].endpoint as { requestUri: string };
    const { status, headers } = await fetch(server.url + (path === STREAM ? `${path}?env=island` : requestUri), {
      method: 'HEAD',
      headers: { authorization: `Bearer ${server.adminToken}` },
      signal: AbortSignal.timeout(3_000),
    });
    expect([status, headers.get('content-type'), headers.get('x-resolved-environment')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'island',
    ]);
    await until(async () => (await admin.get('/metrics')).body.includes('flagtree_streams 0\n'), 'no stream to be open');
  });

  it('is kept connected by comments while nothing changes', async () => {
    const reader = await opened('island');
    await until(() => reader.comments.length >= 3, 'three heartbeats');
    expect(reader).toMatchObject({ connects: 1, disconnects: 0 });
  });
});

describe('a change', () => {
  it('is told to exactly the environments whose resolved flags it changed, with the keys and the new tag', async () => {
    await setOverride(admin, 'staging', 'lamp', { percentage: 40 });
    const told = await Promise.all(['production', 'staging', 'development', 'island'].map((slug) => opened(slug)));
    const [production, , , island] = told as [Reader, Reader, Reader, Reader];
    // staging and development have a percentage of their own: only production and island see this one
    await editFlag(admin, 'lamp', { percentage: 50 });
    const at = await revision();
    const expected = async (environment: string) => {
      const { body } = await admin.get(`/api/feature-flags/environment?env=${environment}`);
      return { event: 'change', id: at, name: NAME, data: { environment, revision: at, etag: body.etag, keys: ['lamp'] } };
    };
    expect((await production.first(2))[1]).toEqual(await expected('production'));
    expect((await island.first(2))[1]).toEqual(await expected('island'));
    // and this one reaches all but island, in order
    await setOverride(admin, 'production', 'lamp', { enabled: false });
    for (const reader of told.slice(0, 3)) expect((await reader.first(2)).at(-1)).toMatchObject({ event: 'change' });
    expect(told.map(({ events }) => events.slice(1).map(({ id }) => id - at))).toEqual([[0, 1], [1], [1], [0]]);
  });

  it('of a segment names the flags that use it; one that changes no value is not told', async () => {
    await makeSegment(admin, 'staff', [{ attribute: 'mail', operator: 'ends_with', values: ['@here'] }]);
    await makeFlag(admin, 'door', { rules: [{ id: 's', conditions: [{ segment: 'staff' }], serve: { variant: 'off' } }] });
    const reader = await opened('island');
    await editFlag(admin, 'door', { description: 'of the house' });
    await admin.patch('/api/admin/segments/staff', {
      conditions: [{ attribute: 'mail', operator: 'ends_with', values: ['@there'] }],
    });
    expect((await reader.first(2))[1]).toMatchObject({ event: 'change', data: { keys: ['door'] } });
  });

  it('that archives a flag names it, and so does one that brings it back', async () => {
    await makeFlag(admin, 'old');
    const reader = await opened('island');
    await admin.delete('/api/admin/feature-flags/old');
    expect((await reader.first(2))[1]).toMatchObject({ data: { keys: ['old'] } });
  });
});

describe('a reader that comes back', () => {
  it('gets what it missed, in order, and nothing that it has', async () => {
    const reader = await opened('island');
    const { id: from, name } = reader.events[0] as StreamEvent;
    reader.close();
    for (const percentage of [1, 2, 3]) await editFlag(admin, 'lamp', { percentage });
    const back = open('island', { lastEventId: name });
    expect((await back.first(3)).map(({ event, id }) => [event, id - from])).toEqual([['change', 1], ['change', 2], ['change', 3]]); // prettier-ignore
    const again = open('island', { lastEventId: String(back.events[1]?.name) });
    expect((await again.first(1)).map(({ event, id }) => [event, id - from])).toEqual([['change', 3]]);
    await until(() => again.comments.length > 0, 'a heartbeat');
    expect(again.events).toHaveLength(1);
  });

  it.each([
    ['has seen what this server no longer knows', '0.000000'],
    ['has seen what this server has never had', '1000000.b3e34f'],
    ['does not say of which history it is', '3'],
    ['says what no server has sent', 'yesterday'],
  ])('is told to forget what it has, and gets the snapshot, when it %s', async (_what, lastEventId) => {
    const events = await open('island', { lastEventId }).first(2);
    const at = await revision();
    expect(events).toMatchObject([
      { event: 'reset', id: at, data: { environment: 'island', revision: at, reason: 'not-replayable' } },
      { event: 'snapshot', id: at },
    ]);
  });

  it('does so by itself when its connection breaks, and nothing is lost or told twice', async () => {
    const link = await CuttableLink.to(server.url);
    const reader = new Reader(`${link.url.replace(/\/$/, '')}${STREAM}?env=island`, { token: server.adminToken });
    readers.push(reader);
    const [{ id: from }] = (await reader.first(1)) as [StreamEvent];
    await link.cut();
    for (const percentage of [4, 5]) await editFlag(admin, 'lamp', { percentage });
    await link.join();
    await reader.first(3);
    await editFlag(admin, 'lamp', { percentage: 6 });
    expect((await reader.first(4)).map(({ event, id }) => [event, id - from])).toEqual([['snapshot', 0], ['change', 1], ['change', 2], ['change', 3]]); // prettier-ignore
    reader.close();
    await link.cut();
  });
});

describe('a stream ends', () => {
  const ended = (reader: Reader) => until(() => reader.disconnects > 0, 'the end of the stream', 5_000);

  it('when its token is revoked', async () => {
    const token = await makeToken(admin, ['island']);
    const reader = await opened('island', { token });
    const other = await opened('island');
    const { body } = await admin.get('/api/admin/tokens');
    const { id } = body.items.find((one: { id: string }) => token.includes(one.id));
    await admin.delete(`/api/admin/tokens/${id as string}`);
    await ended(reader);
    expect(other.disconnects).toBe(0);
  });

  it('when its token expires', async () => {
    const token = await makeToken(admin, ['island'], { expiresAt: new Date(Date.now() + 1_500).toISOString() });
    await ended(await opened('island', { token }));
  });

  it('when its environment is deactivated, and cannot be opened then', async () => {
    const reader = await opened('island');
    await editEnvironment(admin, 'island', { isActive: false });
    await ended(reader);
    expect((await admin.get(`${STREAM}?env=island`)).status).toBe(409);
    await editEnvironment(admin, 'island', { isActive: true });
  });
});

describe('a stream is refused', () => {
  it.each([
    ['without a token', 401, { token: null }],
    ['with a token of another environment', 403, {}],
    ['for an environment that does not exist', 404, {}],
  ])('%s, as every evaluation is', async (_what, status, options) => {
    const client = admin.as(await makeToken(admin, ['staging']));
    const by = status === 403 ? client : admin;
    const answer = await by.get(`${STREAM}?env=${status === 404 ? 'nowhere' : 'island'}`, options);
    expect(answer).toMatchObject({ status, body: { status } });
  });
});
