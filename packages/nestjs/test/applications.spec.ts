import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFlag, makeToken, setOverride } from '../../../test/evaluation/steps.js';
import { Api } from '../../../test/support/api.js';
import { startServer, type TestServer } from '../../../test/support/server.js';
import { until } from '../../../test/support/until.js';
import { type Adapter, type Application, isInstalled, type NestVersion, startApplication } from './application/start.js';

const KINDS: [NestVersion, Adapter, string][] = [
  [11, 'express', 'forRoot'],
  [11, 'fastify', 'useFactory'],
  [12, 'express', 'useClass'],
  [12, 'fastify', 'useExisting'],
];

let server: TestServer;
let admin: Api;
let token: string;

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  const texts = (...values: string[]) => values.map((value) => ({ key: value, value }));
  const forSome = (id: string, attribute: string, values: string[]) => ({
    enabled: true,
    rules: [{ id, conditions: [{ attribute, operator: 'equals', values }], serve: { variant: 'on' } }],
    defaultVariant: 'off',
  });
  await makeFlag(admin, 'search.algorithm', { type: 'string', variants: texts('v1', 'v2'), defaultVariant: 'v1' });
  await setOverride(admin, 'staging', 'search.algorithm', { defaultVariant: 'v2' });
  await makeFlag(admin, 'text.of.truth', { type: 'string', variants: texts('true', 'false'), defaultVariant: 'true' });
  await makeFlag(admin, 'on');
  await makeFlag(admin, 'off', { enabled: false });
  await makeFlag(admin, 'staff', forSome('staff', 'groups', ['staff']));
  await makeFlag(admin, 'anns', forSome('ann', 'targetingKey', ['ann']));
  token = await makeToken(admin, ['production', 'staging']);
});
afterAll(() => server.stop());

describe.each(KINDS)('Nest %i on %s, by %s', (version, adapter, how) => {
  if (!isInstalled(version, adapter)) {
    it.skip('is not installed: run npm ci', () => undefined);
    return;
  }

  let app: Application;
  beforeAll(async () => {
    app = await startApplication({ version, adapter, env: { FLAGTREE_URL: server.url, FLAGTREE_TOKEN: token, HOW: how } });
  });
  afterAll(() => app.end());

  const get = async (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) => {
    const response = await fetch(app.url + path, { ...init, headers: { ...headers, ...init.headers } });
    const text = await response.text();
    return { status: response.status, body: /^[{[]/.test(text) ? (JSON.parse(text) as Record<string, unknown>) : text };
  };

  it('evaluates a request in the environment that it names, by decorators and by what is injected [002-43] [002-44]', async () => {
    const production = { algorithm: 'v1', environment: 'production', staff: false, injected: 'v1', isStaff: false };
    const staging = { ...production, algorithm: 'v2', environment: 'staging', injected: 'v2' };
    expect((await get('/value')).body).toEqual(production);
    expect((await get('/value', { 'X-Environment': 'staging' })).body).toEqual(staging);
    expect((await get('/value?env=staging')).body).toEqual(staging);
    for (const query of ['?env=development', '?env=staging&env=staging', '?env[a]=staging', '?env=', '?env=__proto__'])
      expect((await get(`/value${query}`)).body).toEqual(production);
    expect((await get('/value?env=staging', { 'X-Environment': 'nowhere' })).body).toEqual(production);
  });

  it('evaluates for whom the headers name, as the application has it [004-33] [004-34] [004-35]', async () => {
    expect((await get('/value', { 'X-User-Groups': 'guests, staff' })).body).toMatchObject({ staff: true, isStaff: true });
    expect((await get('/anns', { 'X-User-ID': 'ann' })).body).toEqual({ key: 'TARGETING_MATCH' });
    expect((await get('/value', { 'X-User-Groups': ' , guests' })).body).toMatchObject({ staff: false, isStaff: false });
  });

  it('says why, and pipes what it gives', async () => {
    expect((await get('/details')).body).toMatchObject({ value: 'v1', reason: 'STATIC', environment: 'production' });
    expect((await get('/pipes')).body).toEqual({ truth: true });
  });

  it('has routes that are there while a flag is on, and are else as if they were not', async () => {
    const missing = (await get('/nobody-wrote-this')).body as Record<string, unknown>;
    for (const path of ['/off', '/whole', '/twice-required'])
      expect(await get(path)).toEqual({ status: 404, body: { ...missing, message: `Cannot GET ${path}` } });
    for (const path of ['/on', '/not-off', '/any']) expect(await get(path)).toEqual({ status: 200, body: 'here' });
    expect(await get('/all')).toMatchObject({ status: 403, body: { message: 'not yet' } });
  });

  it('asks for whom after the guards before it have said who that is', async () => {
    expect((await get('/anns', { authorization: 'Bearer ann' })).body).toEqual({ key: 'TARGETING_MATCH' });
    expect((await get('/anns', { authorization: 'Bearer bob' })).status).toBe(404);
    expect((await get('/anns')).status).toBe(404);
  });

  it('keeps 200 requests at once apart, with bodies', async () => {
    const text = 'x'.repeat(20_000);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        get(
          '/body',
          { 'X-User-Groups': at % 2 ? 'staff' : 'guests', 'X-Environment': at % 3 ? 'staging' : 'production' },
          {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ text: text.slice(0, at * 100) }),
          },
        ),
      ),
    );
    expect(answers.map(({ body }) => body)).toEqual(
      Array.from({ length: 200 }, (_, at) => ({
        length: at * 100,
        staff: at % 2 === 1,
        isStaff: at % 2 === 1,
        injected: at % 3 ? 'v2' : 'v1',
      })),
    );
  });

  it('gives a request one revision, whatever arrives meanwhile', async () => {
    const slow = get('/slow');
    // the request has read its first flag before the change is made
    await new Promise((resolve) => setTimeout(resolve, 200));
    await setOverride(admin, 'production', 'on', { enabled: false });
    try {
      await until(async () => (await get('/on')).status === 404, 'the change in the application');
      await get('/go');
      expect((await slow).body).toEqual({ before: true, after: true, isOneRevision: true });
    } finally {
      await setOverride(admin, 'production', 'on', { enabled: true });
      await until(async () => (await get('/on')).status === 200, 'the flag as it was');
    }
  });

  it('ends when it is told to', async () => {
    const other = await startApplication({ version, adapter, env: { FLAGTREE_URL: server.url, FLAGTREE_TOKEN: token } });
    expect([0, 'SIGTERM']).toContain(await other.end());
  });

  it('does not start without the flags that it requires', async () => {
    const env = { FLAGTREE_URL: 'http://127.0.0.1:9', FLAGTREE_TOKEN: token, HOW: how, REQUIRED: 'true' };
    await expect(startApplication({ version, adapter, env })).rejects.toThrow('There are no flags yet');
  });
});
