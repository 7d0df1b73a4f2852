import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { ofrepDeviation } from './ofrep-schemas.js';
import { editFlag, makeFlag, makeToken, setOverride } from './steps.js';

const BULK = '/ofrep/v1/evaluate/flags';
const JSON_TYPE = { 'content-type': 'application/json' };
let server: TestServer;
let admin: Api;
let api: Api;

const beta = { id: 'beta', conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }], serve: { variant: 'on' } };
const halves = { id: 'halves', conditions: [], serve: { split: [{ variant: 'on', weight: 1 }, { variant: 'off', weight: 1 }] } }; // prettier-ignore

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  await makeFlag(admin, 'plain');
  await makeFlag(admin, 'targeted', { rules: [beta], defaultVariant: 'off' });
  await makeFlag(admin, 'split', { rules: [halves] });
  await makeFlag(admin, 'off', { enabled: false });
  await makeFlag(admin, 'off-without-variant', { enabled: false, offVariant: null });
  await makeFlag(admin, 'text', {
    type: 'string',
    variants: [{ key: 'empty', value: '' }],
    defaultVariant: 'empty',
    offVariant: null,
  });
  await makeFlag(admin, 'number', {
    type: 'number',
    variants: [{ key: 'zero', value: 0 }],
    defaultVariant: 'zero',
    offVariant: null,
  });
  await makeFlag(admin, 'object', {
    type: 'json',
    variants: [{ key: 'o', value: { a: [1, null] } }],
    defaultVariant: 'o',
    offVariant: null,
  });
  await setOverride(admin, 'staging', 'targeted', { percentage: 100 });
  api = admin.as(await makeToken(admin, ['development']));
});

afterAll(() => server.stop());

const single = (key: string, context: unknown = {}) => api.post(`${BULK}/${key}`, { context });
const metadata = async () => {
  const { revision } = (await admin.get('/api/feature-flags/environment')).body;
  return { flagSetId: 'development', version: String(revision) };
};

function conforms(route: 'single' | 'bulk', answer: Answer): Answer {
  expect(ofrepDeviation(route, answer)).toBeNull();
  expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/);
  return answer;
}

describe('one flag by OFREP', () => {
  it.each([
    ['plain', {}, { value: true, variant: 'on', reason: 'STATIC' }],
    ['targeted', {}, { value: false, variant: 'off', reason: 'DEFAULT' }],
    ['targeted', { plan: 'beta' }, { value: true, variant: 'on', reason: 'TARGETING_MATCH' }],
    ['split', { targetingKey: 'user-1' }, { reason: 'SPLIT' }],
    ['off', {}, { value: false, variant: 'off', reason: 'DISABLED' }],
    ['text', {}, { value: '', variant: 'empty', reason: 'STATIC' }],
    ['number', {}, { value: 0, variant: 'zero', reason: 'STATIC' }],
    ['object', {}, { value: { a: [1, null] }, variant: 'o', reason: 'STATIC' }],
  ])('%s for %j is %j', async (key, context, expected) => {
    const answer = conforms('single', await single(key, context));
    const inherited = key === 'targeted' ? { inheritedFrom: 'staging' } : {};
    expect([answer.status, answer.body]).toMatchObject([200, { key, ...expected }]);
    expect(answer.body.metadata).toEqual({ ...(await metadata()), ...inherited });
    expect(answer.headers.get('x-resolved-environment')).toBe('development');
  });

  it('has neither value nor variant when it is off and has no off variant', async () => {
    const answer = conforms('single', await single('off-without-variant'));
    expect([answer.status, answer.body]).toEqual([
      200,
      { key: 'off-without-variant', reason: 'DISABLED', metadata: await metadata() },
    ]);
  });

  it.each(['no-such-flag', '__proto__', 'constructor', 'a'.repeat(255), 'ü', '%E0%A4', 'a%2Fb'])(
    'is not found: %s',
    async (key) => {
      const path = key === '%E0%A4' ? '%25E0%25A4' : key;
      const answer = conforms('single', await single(path));
      expect([answer.status, answer.body]).toMatchObject([404, { key: decodeURIComponent(path), errorCode: 'FLAG_NOT_FOUND' }]);
    },
  );

  it('needs a targeting key where a bucket decides, and only there', async () => {
    for (const context of [{}, { targetingKey: '' }]) {
      const answer = conforms('single', await single('split', context));
      expect([answer.status, answer.body]).toMatchObject([
        400,
        { key: 'split', errorCode: 'TARGETING_KEY_MISSING', metadata: await metadata() },
      ]);
    }
    expect((await single('targeted', { plan: 'beta' })).status).toBe(200);
  });

  it('takes a targeting key of null for none', async () => {
    expect(await single('plain', { targetingKey: null })).toMatchObject({ status: 200, body: { value: true } });
    expect(await single('split', { targetingKey: null })).toMatchObject({
      status: 400,
      body: { errorCode: 'TARGETING_KEY_MISSING' },
    });
  });

  it('follows a change at once, and says from which revision it is', async () => {
    await makeFlag(admin, 'changing', { enabled: false });
    const { revision: changed } = await editFlag(admin, 'changing', { enabled: true });
    const answer = await single('changing');
    expect(answer.body).toMatchObject({ value: true, metadata: { version: String(changed) } });
    expect((await admin.delete('/api/admin/feature-flags/changing')).status).toBe(204);
    expect((await single('changing')).status).toBe(404);
  });
});

describe('a request that OFREP refuses', () => {
  const deep = (levels: number): object => (levels === 1 ? {} : { inner: deep(levels - 1) });

  it.each([
    ['an empty body', '', 'INVALID_CONTEXT'],
    ['no context', {}, 'INVALID_CONTEXT'],
    ['a context of null', { context: null }, 'INVALID_CONTEXT'],
    ['a list as context', { context: [] }, 'INVALID_CONTEXT'],
    ['a string as context', { context: 'user-1' }, 'INVALID_CONTEXT'],
    ['a list', [], 'INVALID_CONTEXT'],
    ['a string', '"context"', 'INVALID_CONTEXT'],
    ['null', 'null', 'INVALID_CONTEXT'],
    ['a number as targeting key', { context: { targetingKey: 7 } }, 'INVALID_CONTEXT'],
    [
      '101 attributes',
      { context: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`a${String(at)}`, at])) },
      'INVALID_CONTEXT',
    ],
    ['9 levels', { context: deep(9) }, 'INVALID_CONTEXT'],
    ['a long string', { context: { a: 'x'.repeat(4_097) } }, 'INVALID_CONTEXT'],
    ['half of JSON', '{"context":', 'PARSE_ERROR'],
    ['no JSON', 'context=1', 'PARSE_ERROR'],
    ['100,000 levels', '['.repeat(100_000), 'PARSE_ERROR'],
  ])('has %s', async (_what, body, errorCode) => {
    const one = conforms('single', await api.post(`${BULK}/plain`, body, { headers: JSON_TYPE }));
    expect([one.status, one.body]).toEqual([400, { key: 'plain', errorCode, errorDetails: expect.stringMatching(/\S/) }]);
    const all = conforms('bulk', await api.post(BULK, body, { headers: JSON_TYPE }));
    expect([all.status, all.body]).toEqual([400, { errorCode, errorDetails: expect.stringMatching(/\S/) }]);
  });

  it('has bytes that are not UTF-8', async () => {
    const body = Buffer.from([...Buffer.from('{"context":{"a":"'), 0xff, ...Buffer.from('"}}')]);
    const response = await fetch(`${server.url}${BULK}/plain`, {
      method: 'POST',
      body,
      headers: { ...JSON_TYPE, authorization: `Bearer ${server.adminToken}` },
    });
    expect([response.status, await response.json()]).toMatchObject([400, { key: 'plain', errorCode: 'PARSE_ERROR' }]);
  });

  it.each([
    ['a body of 2 MB', JSON.stringify({ context: { a: 'x'.repeat(2_000_000) } }), JSON_TYPE, 413],
    ['XML', '<context/>', { 'content-type': 'application/xml' }, 415],
    ['plain text', '{"context":{}}', { 'content-type': 'text/plain' }, 415],
  ])('has %s', async (_what, body, headers, status) => {
    const one = conforms('single', await api.post(`${BULK}/plain`, body, { headers }));
    expect([one.status, one.body]).toMatchObject([status, { key: 'plain', errorDetails: expect.stringMatching(/\S/) }]);
    const all = conforms('bulk', await api.post(BULK, body, { headers }));
    expect([all.status, all.body]).toMatchObject([status, { errorDetails: expect.stringMatching(/\S/) }]);
  });

  it.each([['application/json; charset=utf-8'], ['application/vnd.ofrep+json'], ['application/x-www-form-urlencoded']])(
    'is none when JSON is sent as %s',
    async (type) => {
      expect((await api.post(`${BULK}/plain`, '{"context":{}}', { headers: { 'content-type': type } })).body).toMatchObject({
        value: true,
      });
    },
  );

  it.each([
    ['no token', null],
    ['an unknown token', 'ft_client_000000000000_00000000000000000000000000000000'],
  ])('has %s', async (_what, token) => {
    for (const [route, path] of [
      ['single', `${BULK}/plain`],
      ['bulk', BULK],
    ] as const) {
      const answer = conforms(route, await api.post(path, { context: {} }, { token }));
      expect([answer.status, answer.body]).toEqual([401, { errorDetails: expect.stringMatching(/token/i) }]);
    }
  });

  it('takes the token as an API key, too', async () => {
    const key = await makeToken(admin, ['development']);
    const answer = await api.post(`${BULK}/plain`, { context: {} }, { token: null, headers: { 'x-api-key': key } });
    expect([answer.status, answer.body]).toMatchObject([200, { value: true }]);
  });

  it('cannot reach the prototype of anything through its context', async () => {
    const answer = await api.post(
      `${BULK}/targeted`,
      '{"context":{"__proto__":{"plan":"beta"},"constructor":{"prototype":{"plan":"beta"}}}}',
    );
    expect([answer.status, answer.body]).toMatchObject([200, { value: false, reason: 'DEFAULT' }]);
    expect(({} as { plan?: string }).plan).toBeUndefined();
  });
});

describe('all flags by OFREP', () => {
  const bulk = (context: unknown, ifNoneMatch?: string) =>
    api.post(BULK, { context }, ifNoneMatch === undefined ? {} : { headers: { 'if-none-match': ifNoneMatch } });

  it('are answered together, each as it is alone', async () => {
    for (const context of [{}, { targetingKey: 'user-1', plan: 'beta' }]) {
      const answer = conforms('bulk', await bulk(context));
      expect([answer.status, answer.body.metadata]).toEqual([200, await metadata()]);
      const keys = answer.body.flags.map(({ key }: { key: string }) => key);
      expect(keys).toEqual(['number', 'object', 'off', 'off-without-variant', 'plain', 'split', 'targeted', 'text']);
      for (const flag of answer.body.flags) {
        const alone = (await single(flag.key, context)).body;
        const { flagSetId: _set, version: _version, ...own } = alone.metadata;
        expect(flag).toEqual({ ...alone, metadata: own });
      }
    }
  });

  it('are not sent again to who has them', async () => {
    const first = await bulk({ targetingKey: 'user-1', plan: 'pro' });
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    for (const seen of [etag, `W/${etag}`, `"other", ${etag}`, `W/"other",W/${etag} , "third"`, '*']) {
      const again = await bulk({ plan: 'pro', targetingKey: 'user-1' }, seen);
      expect([seen, again.status, again.body, again.headers.get('etag')]).toEqual([seen, 304, undefined, etag]);
      expect(again.headers.get('x-resolved-environment')).toBe('development');
    }
    for (const seen of ['"other"', etag.slice(1, -1), `${etag.slice(0, -1)}x"`, 'W/*']) {
      expect((await bulk({ targetingKey: 'user-1', plan: 'pro' }, seen)).status).toBe(200);
    }
  });

  it('have another tag for another context, in another environment, and after a change here, but not after one elsewhere', async () => {
    const etagOf = async (answer: Promise<Answer>) => (await answer).headers.get('etag');
    const first = await etagOf(bulk({ targetingKey: 'user-1' }));
    expect(await etagOf(bulk({ targetingKey: 'user-2' }))).not.toBe(first);
    const elsewhere = await makeToken(admin, ['staging']);
    expect(await etagOf(api.post(BULK, { context: { targetingKey: 'user-1' } }, { token: elsewhere }))).not.toBe(first);
    await admin.post('/api/admin/environments', { slug: 'beside', name: 'Beside', parent: 'production' });
    await setOverride(admin, 'beside', 'plain', { enabled: false });
    expect((await bulk({ targetingKey: 'user-1' }, first ?? '')).status).toBe(304);
    await setOverride(admin, 'staging', 'plain', { enabled: false });
    const changed = await bulk({ targetingKey: 'user-1' }, first ?? '');
    expect([changed.status, changed.headers.get('etag') === first]).toEqual([200, false]);
    await setOverride(admin, 'staging', 'plain', { enabled: true });
    expect(await etagOf(bulk({ targetingKey: 'user-1' }))).not.toBe(first);
  });

  it('come whole, as of one revision, while changes go on', async () => {
    await makeFlag(admin, 'pair-a', { enabled: false });
    await makeFlag(admin, 'pair-b', { enabled: false, prerequisites: [] });
    const pair = { id: 'pair', conditions: [{ segment: 'switch' }], serve: { variant: 'on' } };
    await admin.post('/api/admin/segments', {
      key: 'switch',
      name: 'Switch',
      conditions: [{ attribute: 'no', operator: 'exists' }],
    });
    for (const key of ['pair-a', 'pair-b']) await editFlag(admin, key, { enabled: true, defaultVariant: 'off', rules: [pair] });
    const flips = (async () => {
      for (let flip = 0; flip < 20; flip++) {
        await admin.patch('/api/admin/segments/switch', {
          conditions: flip % 2 ? [{ attribute: 'no', operator: 'exists' }] : [],
        });
      }
    })();
    const seen = new Set<string>();
    for (let ask = 0; ask < 60; ask++) {
      const { body } = await bulk({ targetingKey: `user-${String(ask)}` });
      const values = body.flags
        .filter(({ key }: { key: string }) => key.startsWith('pair-'))
        .map(({ value }: { value: boolean }) => value);
      seen.add(JSON.stringify(values));
    }
    await flips;
    expect([...seen].filter((values) => values !== '[true,true]' && values !== '[false,false]')).toEqual([]);
  });
});
