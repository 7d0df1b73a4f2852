import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { makeFlag, makeSegment, makeToken, setOverride } from './steps.js';

const EVALUATE = '/api/feature-flags/evaluate';
const SNAPSHOT = '/api/feature-flags/snapshot';
let server: TestServer;
let admin: Api;
let client: Api;

const TESTERS = [{ attribute: 'role', operator: 'equals', values: ['tester'] }];
const testers = { id: 'testers', conditions: [{ segment: 'testers' }], serve: { variant: 'on' } };

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  await makeSegment(admin, 'testers', TESTERS);
  await makeSegment(admin, 'unused', []);
  await makeFlag(admin, 'plain');
  await makeFlag(admin, 'targeted', {
    rules: [testers],
    defaultVariant: 'off',
    prerequisites: [{ flag: 'plain', variants: ['on'] }],
  });
  await makeFlag(admin, 'nothing', { enabled: false, offVariant: null });
  await makeFlag(admin, 'split', { variants: [{ key: 'on', value: true, weight: 1 }, { key: 'off', value: false, weight: 1 }] }); // prettier-ignore
  await setOverride(admin, 'staging', 'targeted', { percentage: 50 });
  client = admin.as(await makeToken(admin, ['development']));
});

afterAll(() => server.stop());

describe('POST /api/feature-flags/evaluate', () => {
  it('answers all flags of the environment, as of one revision', async () => {
    const { status, body } = await client.post(EVALUATE, { context: { role: 'tester' } });
    const { revision } = (await admin.get('/api/feature-flags/environment?env=development')).body;
    expect([status, body]).toEqual([
      200,
      {
        environment: 'development',
        revision,
        flags: {
          nothing: { reason: 'DISABLED', metadata: {} },
          plain: { value: true, variant: 'on', reason: 'STATIC', metadata: {} },
          split: { reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING', errorDetails: expect.any(String), metadata: {} },
          targeted: { value: true, variant: 'on', reason: 'TARGETING_MATCH', metadata: { inheritedFrom: 'staging' } },
        },
      },
    ]);
  });

  it('answers the flags that are asked for, and says which of them do not exist', async () => {
    const { status, body } = await client.post(EVALUATE, { context: {}, flags: ['plain', 'no-such-flag', 'plain', '__proto__'] });
    const missing = { reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND', errorDetails: expect.any(String), metadata: {} };
    expect(status).toBe(200);
    expect(Object.entries(body.flags)).toEqual([
      ['plain', { value: true, variant: 'on', reason: 'STATIC', metadata: {} }],
      ['no-such-flag', missing],
      ['__proto__', missing],
    ]);
    expect((await client.post(EVALUATE, { context: {}, flags: [] })).body.flags).toEqual({});
  });

  it.each([
    ['no context', {}, 'invalid-context', '/context', 'required'],
    ['an empty body', '', 'invalid-context', '', 'type'],
    ['a targeting key that is no string', { context: { targetingKey: 1 } }, 'invalid-context', '/context/targetingKey', 'type'],
    ['a flag that is no string', { context: {}, flags: [1] }, 'invalid-request', '/flags/0', 'type'],
    ['an unknown property', { context: {}, environment: 'staging' }, 'invalid-request', '/environment', 'unknown-property'],
  ])('refuses %s and says where', async (_what, body, code, pointer, defect) => {
    const answer = await client.post(EVALUATE, body);
    expect([answer.status, answer.body]).toMatchObject([400, { status: 400, code, errors: [{ pointer, code: defect }] }]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it.each([
    ['half of JSON', '{"context"', 'application/json', 400, 'invalid-json'],
    ['a body of 2 MB', `{"context":{"a":"${'x'.repeat(2_000_000)}"}}`, 'application/json', 413, 'body-too-large'],
    ['XML', '<a/>', 'application/xml', 415, 'unsupported-media-type'],
  ])('refuses %s', async (_what, body, type, status, code) => {
    const answer = await client.post(EVALUATE, body, { headers: { 'content-type': type } });
    expect([answer.status, answer.body]).toMatchObject([status, { status, code, requestId: expect.any(String) }]);
  });

  it('reads JSON that curl sends as a form', async () => {
    const answer = await client.post(EVALUATE, '{"context":{},"flags":["plain"]}', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([answer.status, answer.body.flags.plain.value]).toEqual([200, true]);
  });
});

describe('GET /api/feature-flags/snapshot', () => {
  it('is all that an evaluator outside needs', async () => {
    const { status, body, headers } = await client.get(SNAPSHOT);
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe(`W/"${String(body.etag)}"`);
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(Object.keys(body.flags)).toEqual(['nothing', 'plain', 'split', 'targeted']);
    expect(body.flags.targeted).toEqual({
      type: 'boolean',
      enabled: true,
      percentage: 50,
      rules: [testers],
      variants: [{ key: 'on', value: true }, { key: 'off', value: false }], // prettier-ignore
      defaultVariant: 'off',
      offVariant: 'off',
      bucketing: 'flagd-v2',
      salt: 'targeted',
      onMissingKey: 'error',
      prerequisites: [{ flag: 'plain', variants: ['on'] }],
      metadata: {},
      inheritedFrom: 'staging',
    });
    expect(body.segments).toEqual({ testers: { conditions: TESTERS } });
  });

  it('is not sent again to who has it, and anew once its content changes', async () => {
    const weak = (await client.get(SNAPSHOT)).headers.get('etag') ?? '';
    const etag = weak.replace('W/', '');
    const seen = (tag: string) => client.get(SNAPSHOT, { headers: { 'if-none-match': tag } });
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const { status, body, headers } = await seen(tag);
      expect([status, body, headers.get('etag')]).toEqual([304, undefined, weak]);
    }
    await setOverride(admin, 'production', 'targeted', { enabled: true });
    expect((await seen(etag)).status).toBe(304);
    await admin.patch('/api/admin/segments/testers', { conditions: [] });
    const { status, headers } = await seen(etag);
    expect([status, headers.get('etag') === weak]).toEqual([200, false]);
    await admin.patch('/api/admin/segments/testers', { conditions: TESTERS });
    expect((await seen(etag)).status).toBe(304);
  });
});

describe('POST /api/admin/feature-flags/{key}/explain', () => {
  const explain = (key: string, body: unknown, api = admin) => api.post(`/api/admin/feature-flags/${key}/explain`, body);

  it('tells every step that leads to the value', async () => {
    const { status, body } = await explain('targeted', {
      environment: 'development',
      context: { role: 'guest', targetingKey: 'u' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      flag: 'targeted',
      environment: 'development',
      chain: ['development', 'staging', 'production'],
      inheritedFrom: 'staging',
      fields: { percentage: { value: 50, source: { kind: 'environment', slug: 'staging' }, state: 'inherited' } },
    });
    expect(body.steps.map(({ step }: { step: string }) => step)).toEqual(['prerequisite', 'enabled', 'rule', 'default']);
    const { body: evaluated } = await client.post(EVALUATE, {
      context: { role: 'guest', targetingKey: 'u' },
      flags: ['targeted'],
    });
    const { metadata: _metadata, ...answer } = evaluated.flags.targeted;
    expect(body.evaluation).toEqual({ ok: true, ...answer });
  });

  it.each([
    ['no environment', { context: {} }, 400, 'invalid-request'],
    ['no context', { environment: 'staging' }, 400, 'invalid-request'],
    ['a context that is none', { environment: 'staging', context: { targetingKey: 1 } }, 400, 'invalid-request'],
    ['an unknown property', { environment: 'staging', context: {}, now: 1 }, 400, 'invalid-request'],
    ['an unknown environment', { environment: 'nowhere', context: {} }, 404, 'environment-not-found'],
  ])('refuses %s', async (_what, body, status, code) => {
    const answer = await explain('plain', body);
    expect([answer.status, answer.body]).toMatchObject([status, { code }]);
  });

  it('refuses an unknown flag, a client, and a token that may not see the environment', async () => {
    const body = { environment: 'production', context: {} };
    expect((await explain('no-such-flag', body)).body).toMatchObject({ status: 404, code: 'flag-not-found' });
    expect((await explain('plain', body, client)).body).toMatchObject({ status: 403 });
    const viewer = await makeToken(admin, ['staging'], { kind: 'admin', role: 'viewer' });
    expect((await explain('plain', body, admin.as(viewer))).body).toMatchObject({ status: 403, code: 'environment-forbidden' });
    expect((await explain('plain', { ...body, environment: 'staging' }, admin.as(viewer))).status).toBe(200);
  });

  it('explains an archived flag as one that is not there', async () => {
    await makeFlag(admin, 'archived');
    await admin.delete('/api/admin/feature-flags/archived');
    const { body } = await explain('archived', { environment: 'staging', context: {} });
    expect(body).toMatchObject({
      fields: null,
      evaluation: { ok: false, errorCode: 'FLAG_NOT_FOUND' },
      steps: [{ step: 'error', why: 'the flag is archived' }],
    });
  });
});
