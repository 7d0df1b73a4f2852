import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { ClientProviderEvents, OpenFeature, type Provider } from '@openfeature/web-sdk';
import { CuttableLink } from '../evaluation/cuttable-link.js';
import { ofrepDeviation } from '../evaluation/ofrep-schemas.js';
import { editEnvironment, editFlag, makeEnvironment, makeFlag, makeToken, setOverride } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { BrowserEventSource } from './browser-event-source.js';
import { Reader } from './reader.js';

const BULK = '/ofrep/v1/evaluate/flags';
const CONTEXT = { context: { targetingKey: 'user-1' } };

let server: TestServer;
let admin: Api;
let token: string;
let client: Api;
const readers: Reader[] = [];

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  await makeEnvironment(admin, 'shop', null);
  await makeEnvironment(admin, 'shop-eu', 'shop');
  await makeFlag(admin, 'lamp');
  token = await makeToken(admin, ['shop']);
  client = admin.as(token);
});
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});
afterAll(() => server.stop());

async function named(by: Api = client, env = ''): Promise<string> {
  const { body } = await by.post(`${BULK}${env}`, CONTEXT);
  return body.eventStreams[0].endpoint.requestUri as string;
}

const NAME = expect.stringMatching(/^\d+\.[0-9a-f]{6}$/);

function read(requestUri: string, lastEventId?: string): Reader {
  const reader = new Reader(server.url + requestUri, lastEventId === undefined ? {} : { lastEventId });
  readers.push(reader);
  return reader;
}

const etag = async () => {
  const { body } = await client.get('/api/feature-flags/environment');
  return `${String(body.revision)}.${body.etag as string}`;
};

describe('a bulk answer', () => {
  it('names an event stream, in the words of OFREP, without any token in it', async () => {
    const answer = await client.post(BULK, CONTEXT);
    expect(ofrepDeviation('bulk', answer)).toBeNull();
    expect(answer.body.eventStreams).toEqual([
      {
        type: 'sse',
        endpoint: { requestUri: expect.stringMatching(/^\/ofrep\/v1\/stream\?ticket=[\w.-]+$/) },
        inactivityDelaySec: 120,
      },
    ]);
    expect(JSON.stringify(answer.body)).not.toContain(token.split('_').at(-1));
  });

  it('names the same one each time, so that a provider keeps its connection, and 304 stays possible', async () => {
    const first = await client.post(BULK, CONTEXT);
    await editFlag(admin, 'lamp', { percentage: 99 });
    expect(await named()).toBe(first.body.eventStreams[0].endpoint.requestUri);
    const now = (await client.post(BULK, CONTEXT)).headers.get('etag') ?? '';
    expect((await client.post(BULK, CONTEXT, { headers: { 'if-none-match': now } })).status).toBe(304);
  });
});

describe('its event stream', () => {
  it('asks for an evaluation at first, and after each change of this environment, and no other', async () => {
    const reader = read(await named());
    const [first] = await reader.first(1);
    expect(first).toEqual({
      event: 'message',
      id: expect.any(Number),
      name: NAME,
      data: { type: 'refetchEvaluation', etag: await etag() },
    });
    await setOverride(admin, 'shop-eu', 'lamp', { enabled: false });
    await editFlag(admin, 'lamp', { percentage: 50 });
    const [, second] = await reader.first(2);
    expect(second).toEqual({
      event: 'message',
      id: (first?.id ?? 0) + 2,
      name: NAME,
      data: { type: 'refetchEvaluation', etag: await etag() },
    });
  });

  it('tells a reader that comes back only of what it missed', async () => {
    const reader = read(await named());
    const [first] = await reader.first(1);
    reader.close();
    await editFlag(admin, 'lamp', { percentage: 51 });
    const back = read(await named(), String(first?.name));
    expect((await back.first(1))[0]).toMatchObject({ id: (first?.id ?? 0) + 1 });
    const again = read(await named(), String(back.events[0]?.name));
    await until(() => again.connects === 1, 'the connection');
    expect(again.events).toEqual([]);
  });
});

describe('a ticket', () => {
  it('opens its stream and nothing else', async () => {
    const ticket = (await named()).split('=')[1] as string;
    const elsewhere = await admin.post(BULK, CONTEXT, { token: ticket });
    expect(elsewhere.status).toBe(401);
    expect((await admin.get(`/api/feature-flags/stream?ticket=${ticket}`, { token: null })).status).toBe(401);
  });

  it.each([
    ['a token', () => Promise.resolve(token)],
    [
      'a ticket for another environment, made of this one',
      async () => ((await named()).split('=')[1] as string).replace('.shop.', '.production.'),
    ],
    [
      'a ticket that lasts longer, made of this one',
      async () => ((await named()).split('=')[1] as string).replace(/\.[0-9a-z]+\.([\w-]+)$/, '.zzzzzzzz.$1'),
    ],
    ['nothing', () => Promise.resolve('')],
  ])('cannot be %s', async (_what, make) => {
    const answer = await admin.get(`/ofrep/v1/stream?ticket=${await make()}`, { token: null });
    expect(answer).toMatchObject({ status: 401, body: { errorDetails: expect.stringMatching(/ticket/) } });
  });

  it('ends with its token, and so does the stream that it opened', async () => {
    const mine = await makeToken(admin, ['shop']);
    const requestUri = await named(admin.as(mine));
    const reader = read(requestUri);
    await reader.first(1);
    const { body } = await admin.get('/api/admin/tokens');
    const { id } = body.items.find((one: { id: string }) => mine.includes(one.id));
    await admin.post(`/api/admin/tokens/${id as string}/rotate`, {});
    await until(() => reader.disconnects > 0, 'the end of the stream', 5_000);
    expect((await admin.get(requestUri, { token: null })).status).toBe(401);
  });

  it('opens no stream of an environment that is inactive', async () => {
    const requestUri = await named();
    await editEnvironment(admin, 'shop', { isActive: false });
    const answer = await admin.get(requestUri, { token: null });
    expect(answer).toMatchObject({
      status: 400,
      body: { errorCode: 'GENERAL', errorDetails: expect.stringContaining('inactive') },
    });
    await editEnvironment(admin, 'shop', { isActive: true });
  });

  it('expires; the tag of the bulk answer changes in time, so that no 304 keeps an old one', async () => {
    const brief = await startServer({ env: { FLAGTREE_STREAM_TICKET_LIFETIME: '2s' } });
    const api = await Api.of(brief.url, brief.adminToken);
    const first = await api.post(BULK, CONTEXT);
    const requestUri = first.body.eventStreams[0].endpoint.requestUri as string;
    await until(async () => (await api.get('/ofrep/v1/stream?ticket=x', { token: null })).status === 401, 'an answer');
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(await api.get(requestUri, { token: null })).toMatchObject({
      status: 401,
      body: { errorDetails: expect.stringContaining('has expired') },
    });
    const second = await api.post(BULK, CONTEXT, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
    expect(second.status).toBe(200);
    expect(second.body.eventStreams[0].endpoint.requestUri).not.toBe(requestUri);
    await brief.stop();
  });
});

describe('flagConfigEtag', () => {
  let percentage = 51;

  it('of a change that this server has is answered at once', async () => {
    const answer = await client.post(`${BULK}?flagConfigEtag=${await etag()}`, CONTEXT);
    expect(answer.status).toBe(200);
  });

  it.each(['not-one-of-ours', '12', '1e9.abc', ''])('that no event of ours has (%s) is not looked at', async (given) => {
    expect((await client.post(`${BULK}?flagConfigEtag=${given}`, CONTEXT)).status).toBe(200);
  });

  it('of a revision that the database does not have is answered with what there is', async () => {
    expect((await client.post(`${BULK}?flagConfigEtag=1000000.abc`, CONTEXT)).status).toBe(200);
  });

  it('of a change that this server cannot learn of just now is answered with 503 and Retry-After before the database is back', async () => {
    const link = await CuttableLink.to(server.databaseUrl);
    const far = await startServer({ env: { DATABASE_URL: link.url, FLAGTREE_ADMIN_TOKEN: server.adminToken } });
    const farClient = (await Api.of(far.url, server.adminToken)).as(token);
    await link.cut();
    await editFlag(admin, 'lamp', { percentage: ++percentage });
    const told = await etag();
    const answer = await farClient.post(`${BULK}?flagConfigEtag=${told}`, CONTEXT);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await farClient.post(BULK, CONTEXT)).status).toBe(200);
    await link.join();
    await until(
      async () => (await farClient.post(`${BULK}?flagConfigEtag=${await etag()}`, CONTEXT)).status === 200,
      'the catching up',
    );
    await far.stop();
    await link.cut();
  });
});

describe('the stock OFREP web provider', () => {
  it('follows the stream: a change arrives without polling, also after the connection broke', async () => {
    (globalThis as { EventSource?: unknown }).EventSource = BrowserEventSource;
    const link = await CuttableLink.to(server.url);
    const provider = new OFREPWebProvider({
      baseUrl: link.url.replace(/\/$/, ''),
      headers: [['Authorization', `Bearer ${token}`]],
      cacheMode: 'disabled',
    });
    let changes = 0;
    OpenFeature.addHandler(ClientProviderEvents.ConfigurationChanged, () => {
      changes++;
    });
    await OpenFeature.setContext({ targetingKey: 'user-1' });
    await editFlag(admin, 'lamp', { enabled: true, percentage: 100 });
    await OpenFeature.setProviderAndWait(provider as unknown as Provider);
    const web = OpenFeature.getClient();
    expect(web.getBooleanValue('lamp', false)).toBe(true);
    await editFlag(admin, 'lamp', { enabled: false });
    await until(() => !web.getBooleanValue('lamp', true), 'the change');
    expect(changes).toBeGreaterThan(0);
    await link.cut();
    await editFlag(admin, 'lamp', { enabled: true });
    await link.join();
    await until(() => web.getBooleanValue('lamp', false), 'the change that was missed');
    await OpenFeature.close();
    await link.cut();
  });
});
