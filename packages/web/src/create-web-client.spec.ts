import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createWebClient } from './create-web-client.js';
import { FakePage } from './testing/fake-page.js';
import type { Exposure, WebClient, WebClientOptions } from './types.js';

const LAMP = { key: 'lamp', value: true, variant: 'on', reason: 'TARGETING_MATCH' };
const STREAM = { type: 'sse', endpoint: { requestUri: '/ofrep/v1/stream?ticket=t' }, inactivityDelaySec: 120 };
const METADATA = { flagSetId: 'shop', version: '7' };

let page: FakePage;
let clients: WebClient[];
beforeEach(() => {
  jest.useFakeTimers();
  page = new FakePage();
  page.install();
  page.answer = () => ({ flags: [LAMP], etag: '"1"', metadata: METADATA, eventStreams: [STREAM] });
  clients = [];
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  for (const client of clients) client.close();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const make = (options: WebClientOptions = {}): WebClient => {
  const client = createWebClient({ url: 'https://flags.example/', token: 'ft_browser_x', ...options });
  clients.push(client);
  return client;
};
const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('a client in a page', () => {
  it('asks at once for all flags, and answers by them', async () => {
    const client = make({ context: { targetingKey: 'ada' }, environment: 'shop' });
    expect(client.boolean('lamp')).toBe(false);
    expect(client.details('lamp', false)).toMatchObject({ errorCode: 'PROVIDER_NOT_READY' });
    expect(await client.ready()).toEqual({ state: 'ready', environment: 'shop', revision: 7, updatedAt: expect.any(Number) });
    expect(client.boolean('lamp')).toBe(true);
    expect(client.variant('lamp')).toBe('on');
    expect(Object.keys(client.all())).toEqual(['lamp']);
    expect(page.requests).toEqual([
      {
        url: 'https://flags.example/ofrep/v1/evaluate/flags',
        headers: { 'content-type': 'application/json', authorization: 'Bearer ft_browser_x', 'x-environment': 'shop' },
        context: { targetingKey: 'ada' },
        signal: expect.any(AbortSignal),
      },
    ]);
  });

  it('answers by an earlier visit of the same user until the server has confirmed it', async () => {
    await make({ context: { targetingKey: 'ada' } }).ready();
    page.answer = ({ headers }) => (headers['if-none-match'] === '"1"' ? { status: 304 } : { flags: [] });
    const client = make({ context: { targetingKey: 'ada' } });
    expect(client.details('lamp', false)).toMatchObject({ value: true, reason: 'CACHED' });
    await client.ready();
    expect(client.details('lamp', false)).toMatchObject({ value: true, reason: 'TARGETING_MATCH' });
    expect(make({ context: { targetingKey: 'bob' } }).boolean('lamp')).toBe(false);
  });

  it('keeps what it has when there is no answer, and says how it is', async () => {
    page.answer = () => ({ status: 0 });
    const empty = make();
    expect((await empty.ready()).state).toBe('empty');
    const client = make({ bootstrap: { flags: [LAMP] } });
    expect(client.boolean('lamp')).toBe(true);
    expect((await client.ready()).state).toBe('stale');
    expect(client.boolean('lamp')).toBe(true);
    page.answer = () => ({ flags: [LAMP] });
    await pass(3_000);
    expect(client.status().state).toBe('ready');
  });

  it('is not kept waiting by a server that says nothing', async () => {
    page.answer = () => new Promise(() => undefined);
    const client = make();
    const ready = client.ready();
    await pass(3_000);
    expect((await ready).state).toBe('loading');
  });

  it.each([
    [401, {}, 299_000, 302_000],
    [429, { retryAfter: '30' }, 29_000, 31_000],
    [500, {}, 900, 2_100],
  ])('asks again after %d, not before its time', async (status, headers, before, after) => {
    page.answer = () => ({ status, errorDetails: 'no', ...headers });
    const problems: unknown[] = [];
    make().on('problem', (problem) => problems.push(problem));
    await pass(before);
    expect(page.requests).toHaveLength(1);
    await pass(after - before);
    expect(page.requests).toHaveLength(2);
    expect(problems).toEqual([expect.objectContaining({ status, message: 'no' })]);
  });

  it('takes no answer for the user before, and tells which flags are other ones', async () => {
    const answers: ((flags: unknown[]) => void)[] = [];
    page.answer = () => new Promise((resolve) => answers.push((flags) => { resolve({ flags }); })); // prettier-ignore
    const client = make({ context: { targetingKey: 'ada' } });
    const changes: string[][] = [];
    client.on('change', ({ keys }) => changes.push(keys));
    const done = client.setContext({ targetingKey: 'bob' });
    expect(page.requests.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    answers[1]?.([{ ...LAMP, value: false }]);
    answers[0]?.([LAMP]);
    await done;
    expect(client.boolean('lamp', true)).toBe(false);
    expect(page.requests[1]?.headers['if-none-match']).toBeUndefined();
    expect(changes).toEqual([['lamp']]);
  });

  it('listens to the stream that the answer names, and asks with the etag of the event', async () => {
    const client = make();
    await client.ready();
    expect(page.sources.map(({ url }) => url)).toEqual(['https://flags.example/ofrep/v1/stream?ticket=t']);
    page.answer = () => ({ flags: [{ ...LAMP, value: false }], etag: '"2"' });
    page.sources[0]?.tell({ type: 'refetchEvaluation', etag: '8.abc' });
    page.sources[0]?.tell({ type: 'somethingElse' });
    await pass(300);
    expect(page.requests[1]?.url).toBe('https://flags.example/ofrep/v1/evaluate/flags?flagConfigEtag=8.abc');
    expect(page.requests[1]?.headers['if-none-match']).toBe('"1"');
    expect(client.boolean('lamp', true)).toBe(false);
  });

  it('asks every minute while its stream is refused or kept back, and then tries it again', async () => {
    await make().ready();
    const [first] = page.sources;
    Object.assign(first ?? {}, { readyState: 2 });
    first?.onerror();
    await pass(60_400);
    expect(page.requests).toHaveLength(2);
    expect(page.sources).toHaveLength(2);
    await pass(10_000); // no first event: something on the way keeps it
    expect(page.sources[1]?.readyState).toBe(2);
    await pass(60_400);
    expect(page.requests).toHaveLength(3);
  });

  it('shares one stream with the other tabs, and another tab has it when its tab is closed', async () => {
    const [first, second, third] = [make(), make(), make()];
    await pass(0);
    expect(page.sources).toHaveLength(1);
    page.sources[0]?.tell({ type: 'refetchEvaluation', etag: '8.abc' });
    await pass(300);
    expect(page.requests.slice(3).map(({ url }) => new URL(url).search)).toEqual(Array(3).fill('?flagConfigEtag=8.abc'));
    first.close();
    await pass(0);
    expect(page.sources.map(({ readyState }) => readyState)).toEqual([2, 1]);
    second.close();
    await pass(0);
    expect(page.sources.map(({ readyState }) => readyState)).toEqual([2, 2, 1]);
    third.close();
    expect(page.sources.map(({ readyState }) => readyState)).toEqual([2, 2, 2]);
  });

  it('gives up its stream when nobody looks for long, and asks when somebody does again', async () => {
    await make().ready();
    page.sources[0]?.tell({ type: 'refetchEvaluation' });
    await pass(400);
    page.hide(true);
    await pass(119_000);
    expect(page.sources[0]?.readyState).toBe(1);
    await pass(2_000);
    expect(page.sources[0]?.readyState).toBe(2);
    const before = page.requests.length;
    page.hide(false);
    await pass(400);
    expect(page.requests.length).toBe(before + 1);
    expect(page.sources).toHaveLength(2);
  });

  it('keeps the values that the page began with, when it is told to, and has the new ones for the next', async () => {
    page.answer = () => ({ flags: [{ ...LAMP, value: false }] });
    const client = make({ changes: 'next-load', bootstrap: { flags: [LAMP] } });
    await client.ready();
    expect(client.boolean('lamp')).toBe(true);
    expect(page.sources).toEqual([]);
    const next = make({ changes: 'next-load' });
    expect(next.boolean('lamp', true)).toBe(false);
    page.storage.clear();
    const cold = make({ changes: 'next-load' });
    await cold.ready();
    expect(cold.boolean('lamp', true)).toBe(false);
  });

  it('gives a browser that nobody knows a random key, when it is told to', async () => {
    const client = make({ anonymous: true, context: { plan: 'free' } });
    await client.ready();
    const first = page.requests[0]?.context as { targetingKey: string };
    expect(first).toEqual({ plan: 'free', targetingKey: expect.stringMatching(/^\w+$/) });
    await client.resetAnonymousId();
    expect(page.requests[1]?.context).toEqual({ plan: 'free', targetingKey: expect.not.stringMatching(first.targetingKey) });
    await client.setContext({ targetingKey: 'ada' });
    expect(page.requests[2]?.context).toEqual({ targetingKey: 'ada' });
  });

  it('hands on each variant that was decided for a user once, also after a failure, and at once when the page is left', async () => {
    const sent: Exposure[][] = [];
    let isDown = true;
    const send = (batch: Exposure[]): void => {
      if (isDown) throw new Error('down');
      sent.push(batch);
    };
    page.answer = () => ({ flags: [LAMP, { key: 'plain', value: 1, variant: 'a', reason: 'STATIC' }], metadata: METADATA });
    const client = make({ context: { targetingKey: 'ada' }, exposures: { send } });
    await client.ready();
    for (const _ of [1, 2]) client.boolean('lamp');
    client.number('plain');
    client.string('lamp');
    await pass(2_000);
    expect(page.reported).toEqual([new Error('down')]);
    isDown = false;
    page.hide(true);
    await pass(0);
    expect(sent).toEqual([
      [
        {
          type: 'exposure',
          flag: 'lamp',
          variant: 'on',
          reason: 'TARGETING_MATCH',
          targetingKey: 'ada',
          environment: 'shop',
          revision: 7,
          time: expect.stringMatching(/^\d{4}-/),
        },
      ],
    ]);
  });

  it('lets no listener keep others from hearing', async () => {
    const client = make();
    const heard: string[] = [];
    client.on('state', () => { throw new Error('listener'); }); // prettier-ignore
    const leave = client.on('state', ({ from, to }) => heard.push(`${from} ${to}`));
    await client.ready();
    leave();
    client.close();
    expect(heard).toEqual(['loading ready']);
    expect(page.reported).toEqual([new Error('listener'), new Error('listener')]);
  });

  it('asks no more when it is closed', async () => {
    const client = make();
    await client.ready();
    client.close();
    void client.setContext({});
    page.hide(false);
    await pass(600_000);
    expect(page.requests).toHaveLength(1);
    expect(client.boolean('lamp')).toBe(true);
  });
});

describe('a client on a server that renders', () => {
  it('answers by what it was given, and asks nobody', async () => {
    for (const name of ['document', 'window']) Reflect.deleteProperty(globalThis, name);
    const client = createWebClient({ url: 'https://flags.example', bootstrap: { lamp: { value: true, variant: 'on' } } });
    expect(client.boolean('lamp')).toBe(true);
    expect(client.initial('lamp', false).value).toBe(true);
    const ready = client.ready();
    await pass(0);
    expect((await ready).state).toBe('loading');
    expect(page.requests).toEqual([]);
  });
});
