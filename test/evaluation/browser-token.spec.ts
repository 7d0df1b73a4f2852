import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { Reader } from '../streaming/reader.js';
import { editFlag, makeFlag, makeToken, setOverride } from './steps.js';

const BULK = '/ofrep/v1/evaluate/flags';
const FLAGS = '/api/admin/feature-flags';
const CONTEXT = { context: { targetingKey: 'user-1' } };
const ORIGIN = 'https://shop.example';

let server: TestServer;
let admin: Api;
let page: Api;
let secret: Api;

const browser = { kind: 'browser', environments: ['production'], flagTags: ['web'] };

beforeAll(async () => {
  server = await startServer({ env: { FLAGTREE_CORS_ORIGINS: '*' } });
  admin = await Api.of(server.url, server.adminToken);
  await makeFlag(admin, 'ops.hidden', { enabled: false, tags: ['ops'], owner: 'core' });
  await makeFlag(admin, 'web.needing', {
    tags: ['web'],
    enabled: true,
    prerequisites: [{ flag: 'ops.hidden', variants: ['on'] }],
  });
  await makeFlag(admin, 'web.shown', { tags: ['shop', 'web'], enabled: true, metadata: { team: 'core' } });
  page = admin.as((await admin.post('/api/admin/tokens', { name: 'shop page', ...browser })).body.token as string);
  secret = admin.as(await makeToken(admin, ['production']));
});
afterAll(() => server.stop());

const bulk = (as = page, headers: Record<string, string> = {}) => as.post(BULK, CONTEXT, { headers });
const keysOf = ({ body }: { body: { flags: { key: string }[] } }) => body.flags.map(({ key }) => key);

describe('a browser token', () => {
  it.each([
    ['without tags', { flagTags: undefined }, '/flagTags'],
    ['without an environment', { environments: undefined }, '/environments'],
    ['for several environments', { environments: ['production', 'staging'] }, '/environments'],
    ['for what is below an environment', { includeDescendants: true }, '/environments'],
    ['with a role', { role: 'viewer' }, '/role'],
  ])('is not made %s', async (_what, change, pointer) => {
    const answer = await admin.post('/api/admin/tokens', { name: 'x', ...browser, ...change });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-token', errors: [{ pointer }] } });
  });

  it('is the only kind with tags', async () => {
    for (const body of [
      { kind: 'client', environments: ['production'] },
      { kind: 'admin', role: 'viewer' },
    ]) {
      const answer = await admin.post('/api/admin/tokens', { name: 'x', ...body, flagTags: ['web'] });
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/flagTags' }] } });
    }
  });

  it('is let in by OFREP alone, of all operations that there are', async () => {
    const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { 'x-permission'?: string }>>;
    };
    const text = (await admin.post('/api/admin/tokens', { name: 'wanderer', ...browser })).body.token as string;
    const open: string[] = [];
    let tried = 0;
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { 'x-permission': permission }] of Object.entries(methods)) {
        if (permission === 'public' || permission === undefined) continue;
        tried++;
        const response = await fetch(server.url + path.replace(/\{\w+\}/g, 'production'), {
          method: method.toUpperCase(),
          headers: { authorization: `Bearer ${text}`, 'content-type': 'application/json' },
          ...(method === 'get' ? {} : { body: '{}' }),
        });
        if (response.status !== 403) open.push(`${method} ${path}`);
        else expect(await response.json()).toMatchObject({ code: 'wrong-token-kind' });
      }
    }
    expect(tried).toBeGreaterThan(50);
    expect(open.sort()).toEqual(['post /ofrep/v1/evaluate/flags', 'post /ofrep/v1/evaluate/flags/{key}']);
  });

  it('sees the flags that bear one of its tags; no other exists', async () => {
    expect(keysOf(await bulk())).toEqual(['web.needing', 'web.shown']);
    expect(keysOf(await bulk(secret))).toEqual(['ops.hidden', 'web.needing', 'web.shown']);
    const [hidden, nowhere] = await Promise.all(['ops.hidden', 'no.such'].map((key) => page.post(`${BULK}/${key}`, CONTEXT)));
    expect(hidden?.status).toBe(404);
    expect(JSON.stringify(hidden?.body).replaceAll('ops.hidden', 'no.such')).toBe(JSON.stringify(nowhere?.body));
  });

  it('is told values alone: neither metadata of flags nor names of environments', async () => {
    await setOverride(admin, 'staging', 'web.shown', { enabled: true });
    const staging = { name: 'staging page', ...browser, environments: ['development'] };
    const below = admin.as((await admin.post('/api/admin/tokens', staging)).body.token as string);
    const { body } = await bulk(below);
    expect(body.flags.map(({ metadata }: { metadata: object }) => metadata)).toEqual([{}, {}]);
    const single = await below.post(`${BULK}/web.shown`, CONTEXT);
    expect(single.body).toMatchObject({ value: true, metadata: { flagSetId: 'development', version: expect.any(String) } });
    expect(Object.keys(single.body.metadata as object).sort()).toEqual(['flagSetId', 'version']);
    const whole = await admin.post(`${BULK}/web.shown?env=development`, CONTEXT);
    expect(whole.body.metadata).toMatchObject({ team: 'core', inheritedFrom: 'staging' });
  });

  it('may be read by pages of any origin, where any may ask', async () => {
    const allowed = async (as: Api) => (await bulk(as, { origin: ORIGIN })).headers.get('access-control-allow-origin');
    expect([await allowed(page), await allowed(secret)]).toEqual([ORIGIN, null]);
  });

  it('has an answer that is as good as before while its own flags are, and a stream that is silent meanwhile', async () => {
    const first = await bulk();
    const etag = String(first.headers.get('etag'));
    const reader = new Reader(server.url + (first.body.eventStreams[0].endpoint.requestUri as string));
    try {
      await reader.first(1);
      await makeFlag(admin, 'ops.other', { tags: ['ops'] });
      await editFlag(admin, 'ops.other', { enabled: true });
      expect((await bulk(page, { 'if-none-match': etag })).status).toBe(304);
      await editFlag(admin, 'ops.other', { tags: ['ops', 'web'] });
      const [, told] = await reader.first(2);
      expect(told?.data).toMatchObject({ type: 'refetchEvaluation' });
      expect(keysOf(await bulk(page, { 'if-none-match': etag }))).toEqual(['ops.other', 'web.needing', 'web.shown']);
      await editFlag(admin, 'ops.hidden', { enabled: true });
      await reader.first(3);
      expect((await page.post(`${BULK}/web.needing`, CONTEXT)).body).toMatchObject({ value: true });
      expect(reader.events).toHaveLength(3);
    } finally {
      reader.close();
    }
  });
});

describe('a tag that pages go by', () => {
  it('is given and taken by who may write where the pages are', async () => {
    const developer = admin.as(
      (await admin.post('/api/admin/tokens', { name: 'dev', kind: 'admin', role: 'developer' })).body.token as string,
    );
    await makeFlag(admin, 'ops.plain');
    expect((await developer.patch(`${FLAGS}/ops.plain`, { tags: ['ops'] })).status).toBe(200);
    const given = await developer.patch(`${FLAGS}/ops.plain`, { tags: ['ops', 'web'] });
    expect(given).toMatchObject({ status: 403, body: { code: 'environment-protected' } });
    expect(given.body.detail).toContain('pages');
    expect((await developer.patch(`${FLAGS}/web.shown`, { tags: ['shop'] })).status).toBe(403);
    expect((await developer.patch(`${FLAGS}/web.shown`, { tags: ['web', 'shop', 'new'] })).status).toBe(200);
  });
});

describe('pages that ask too often', () => {
  it('are asked to come back, by address, and hold nobody else up', async () => {
    const limited = await startServer({ env: { FLAGTREE_BROWSER_RATE: '1', FLAGTREE_CORS_ORIGINS: '*' } });
    try {
      const api = await Api.of(limited.url, limited.adminToken);
      const eager = api.as((await api.post('/api/admin/tokens', { name: 'page', ...browser })).body.token as string);
      const answers = await Promise.all(Array.from({ length: 30 }, () => bulk(eager, { origin: ORIGIN })));
      const served = answers.filter(({ status }) => status === 200);
      const [refused, ...alike] = answers.filter(({ status }) => status === 429) as [Answer, ...Answer[]];
      expect(served.length).toBeGreaterThanOrEqual(3);
      expect(served.length + alike.length).toBe(answers.length - 1);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(refused.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(refused.body).toEqual({ errorDetails: expect.stringContaining('FLAGTREE_BROWSER_RATE') });
      expect((await bulk(api.as(await makeToken(api, ['production'])))).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });
});
