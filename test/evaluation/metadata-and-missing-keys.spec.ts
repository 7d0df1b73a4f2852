import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: Server;
let api: Api;

const FLAGS = '/api/admin/feature-flags';
const OFREP = '/ofrep/v1/evaluate/flags';
const METADATA = { team: 'checkout', ticket: 42, beta: true };

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
  await api.post(FLAGS, { key: 'told', enabled: true, metadata: METADATA });
  await api.patch(`${FLAGS}/told`, { environment: 'staging', percentage: 100 });
});
afterAll(() => server.stop());

const inDevelopment = { headers: { 'x-environment': 'development' } };

describe('the metadata of a flag', () => {
  it('stands in every answer, single, bulk and native, beside what is known of the answer', async () => {
    const single = await api.post(`${OFREP}/told`, { context: {} }, inDevelopment);
    const version = String((await api.get('/api/feature-flags/environment')).body.revision);
    expect(single.body.metadata).toEqual({ ...METADATA, flagSetId: 'development', version, inheritedFrom: 'staging' });
    const bulk = await api.post(OFREP, { context: {} }, inDevelopment);
    expect(bulk.body.flags[0]).toMatchObject({ key: 'told', metadata: { ...METADATA, inheritedFrom: 'staging' } });
    const native = await api.post('/api/feature-flags/evaluate', { context: {} }, inDevelopment);
    expect(native.body.flags.told.metadata).toEqual({ ...METADATA, inheritedFrom: 'staging' });
    const { body } = await api.get('/api/feature-flags/snapshot');
    expect(body.flags.told).toMatchObject({ metadata: METADATA, onMissingKey: 'error' });
  });

  it('never passes for what is known of the answer', async () => {
    const metadata = { flagSetId: 'mine', version: 'mine', inheritedFrom: 'mine', other: 1 };
    await api.post(FLAGS, { key: 'pretends', metadata });
    const single = await api.post(`${OFREP}/pretends`, { context: {} });
    expect(single.body.metadata).toEqual({ other: 1, flagSetId: 'production', version: expect.stringMatching(/^\d+$/) });
    const native = await api.post('/api/feature-flags/evaluate', { context: {} });
    expect(native.body.flags.pretends.metadata).toEqual({ other: 1 });
    expect((await api.get(`${FLAGS}/pretends`)).body.metadata).toEqual(metadata);
  });

  it('is replaced as a whole; a change of it is a change of what is served, and is told as one', async () => {
    await api.post(FLAGS, { key: 'replaced', metadata: { a: 1 } });
    const bulk = async () => (await api.post(OFREP, { context: {} })).headers.get('etag');
    const before = await bulk();
    const planned = await api.patch(`${FLAGS}/replaced?dryRun=true`, { metadata: { b: 2 } });
    expect(planned.body.effect).toHaveLength(3);
    expect(planned.body.effect[0]).toMatchObject({ field: 'metadata', before: { a: 1 }, after: { b: 2 } });
    const changed = await api.patch(`${FLAGS}/replaced`, { metadata: { b: 2 } });
    expect(changed.body.metadata).toEqual({ b: 2 });
    expect(await bulk()).not.toBe(before);
  });

  it.each([
    ['a member that is not flat', { metadata: { a: { b: 1 } } }, '/metadata/a'],
    ['a list', { metadata: [] }, '/metadata'],
    ['more than 4 KiB', { metadata: { a: 'x'.repeat(4_096) } }, '/metadata'],
    ['null', { metadata: null }, '/metadata'],
  ])('is refused with %s', async (_what, body, pointer) => {
    const answer = await api.patch(`${FLAGS}/told`, body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });

  it('is held to the same by the database, to the byte', async () => {
    const write = (metadata: object) =>
      sql(server.databaseUrl, `UPDATE flagtree.flags SET metadata = $1 WHERE key = 'replaced'`, [JSON.stringify(metadata)]);
    for (const wrong of [[], { a: null }, { a: [] }, { a: {} }, { a: 'é'.repeat(2_045) }]) {
      await expect(write(wrong)).rejects.toThrow('ck_flags_metadata_is_flat');
    }
    await write({ a: 'é'.repeat(2_044) });
    await write({ a: 1.5, b: 'x', c: false });
    expect((await api.get(`${FLAGS}/replaced`)).body.metadata).toEqual({ a: 1.5, b: 'x', c: false });
  });

  it('comes back with a flag as it was, also from before there was any', async () => {
    const { body } = await api.patch(`${FLAGS}/told`, { metadata: { now: 'another' } });
    await api.post('/api/admin/restore', { flag: 'told', at: String(body.revision - 1) });
    expect((await api.get(`${FLAGS}/told`)).body.metadata).toEqual(METADATA);
  });
});

describe('a partial rollout without a user', () => {
  const value = async (key: string, context: object = {}) => {
    const { status, body } = await api.post(`${OFREP}/${key}`, { context });
    return [status, body.value, body.reason ?? body.errorCode];
  };

  it('is an error, unless the flag says that it is off then [004-15]', async () => {
    await api.post(FLAGS, { key: 'partial', enabled: true, percentage: 50 });
    expect(await value('partial')).toEqual([400, undefined, 'TARGETING_KEY_MISSING']);
    const { body } = await api.patch(`${FLAGS}/partial`, { onMissingKey: 'off' });
    expect(body.onMissingKey).toBe('off');
    expect(await value('partial')).toEqual([200, false, 'SPLIT']);
  });

  it('does not move those that have a key [004-15]', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => ({ targetingKey: `user-${String(index)}` }));
    const all = () => Promise.all(keys.map((context) => value('partial', context)));
    const off = await all();
    await api.patch(`${FLAGS}/partial`, { onMissingKey: 'error' });
    expect(await all()).toEqual(off);
    expect(new Set(off.map(([, served]) => served))).toEqual(new Set([true, false]));
  });

  it('is explained', async () => {
    await api.patch(`${FLAGS}/partial`, {
      onMissingKey: 'off',
      rules: [{ id: 'some', conditions: [], percentage: 10, serve: { variant: 'on' } }],
    });
    const { body } = await api.post(`${FLAGS}/partial/explain`, { environment: 'production', context: {} });
    expect(body.steps[1]).toMatchObject({
      step: 'rule',
      matched: false,
      why: 'its conditions hold, but the context has no key for its percentage: it is outside',
    });
    expect(body.evaluation).toMatchObject({ reason: 'SPLIT', variant: 'off' });
  });

  it('is one of two words, in the API and in SQL', async () => {
    expect((await api.patch(`${FLAGS}/partial`, { onMissingKey: 'on' })).status).toBe(400);
    await expect(sql(server.databaseUrl, `UPDATE flagtree.flags SET on_missing_key = 'on'`)).rejects.toThrow(
      'ck_flags_on_missing_key',
    );
  });
});
