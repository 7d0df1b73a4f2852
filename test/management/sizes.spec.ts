import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';
import { makeFlag, makeSegment, makeToken } from '../evaluation/steps.js';

const FLAGS = '/api/admin/feature-flags';
const IN_STAGING = '/api/admin/environments/staging/feature-flags';
const text = (length: number) => [{ key: 'a', value: 'x'.repeat(length) }];
const people = (count: number) => [
  { attribute: 'email', operator: 'in', values: Array.from({ length: count }, (_, i) => `somebody-${String(i)}@example.com`) },
];
const LARGE = text(2_000);

let server: TestServer;
let admin: Api;
let client: Api;

beforeAll(async () => {
  server = await startServer({
    env: {
      FLAGTREE_FLAG_SIZE_LIMIT: '2000',
      FLAGTREE_SEGMENT_SIZE_LIMIT: '2000',
      FLAGTREE_SNAPSHOT_SIZE_LIMIT: '20000',
      FLAGTREE_FLAG_LIMIT: '24',
      FLAGTREE_ENVIRONMENT_LIMIT: '5',
      FLAGTREE_SEGMENT_LIMIT: '2',
    },
  });
  admin = await Api.of(server.url, server.adminToken);
  client = admin.as(await makeToken(admin, ['staging']));
  const small = { type: 'string', variants: text(10), defaultVariant: 'a' };
  for (const key of ['f', 'by-hand', 'archived', 'heavy']) await makeFlag(admin, key, small);
  await makeSegment(admin, 'people', people(3));
});
afterAll(() => server.stop());

/** As a hand past the server does, which no limit of the server holds back; comes back when the server knows it. */
async function writeByHand(statement: string): Promise<number> {
  const [row] = await sql(
    server.databaseUrl,
    `WITH done AS (${statement} RETURNING 1) SELECT (SELECT count(*) FROM done) AS rows`,
  );
  expect(Number(row?.['rows'])).toBe(1);
  const [ledger] = await sql(server.databaseUrl, 'SELECT max(revision) AS revision FROM flagtree.audit_entries');
  const revision = Number(ledger?.['revision']);
  await until(async () => (await client.get('/api/feature-flags/environment?env=staging')).body.revision >= revision);
  return revision;
}

const variants = (length: number) => `jsonb_build_array(jsonb_build_object('key', 'a', 'value', repeat('y', ${String(length)})))`;

type Door = () => ReturnType<Api['post']>;
const set = { operation: 'set', flags: ['f'], environments: ['staging'], set: { variants: LARGE } };
const document = { format: 'flagtree-states', version: 2, flags: [{ key: 'f', type: 'string', variants: LARGE }] };
const DOORS: [string, Door][] = [
  ['a flag that is made', () => admin.post(FLAGS, { key: 'g', type: 'string', variants: LARGE })],
  ['a flag that is made and off', () => admin.post(FLAGS, { key: 'g', type: 'string', variants: LARGE, enabled: false })],
  ['a base that is edited', () => admin.patch(`${FLAGS}/f`, { variants: LARGE })],
  ['names of rules', () => admin.patch(`${FLAGS}/f`, { rules: [{ id: 'r', name: 'n'.repeat(2_000), serve: { variant: 'a' } }] })],
  ['an override that is put', () => admin.put(`${IN_STAGING}/f`, { variants: LARGE })],
  ['an override that is edited', () => admin.patch(`${IN_STAGING}/f`, { variants: LARGE })],
  ['a dry run', () => admin.patch(`${FLAGS}/f?dryRun=true`, { variants: LARGE })],
  ['a bulk', () => admin.post('/api/admin/bulk', set)],
  ['the dry run of a bulk', () => admin.post('/api/admin/bulk', { ...set, dryRun: true })],
  ['an import', () => admin.post('/api/admin/import', document)],
  ['the dry run of an import', () => admin.post('/api/admin/import?dryRun=true', document)],
  ['a segment that is made', () => admin.post('/api/admin/segments', { key: 'all', name: 'all', conditions: people(90) })],
  ['a segment that is edited', () => admin.patch('/api/admin/segments/people', { conditions: people(90) })],
]; // prettier-ignore

it('a dry run tells the sizes that it would change, beside their limits', async () => {
  const { body } = await admin.patch(`${FLAGS}/f?dryRun=true`, { variants: text(900) });
  const flag = body.sizes.find(({ of }: { of: string }) => of === 'flag');
  expect(flag).toMatchObject({ of: 'flag', environment: null, key: 'f', limit: 2_000 });
  expect(flag.after - flag.before).toBe(890);
  expect(body.sizes).toContainEqual(expect.objectContaining({ of: 'snapshot', environment: 'staging', limit: 20_000 }));
  expect((await admin.patch(`${FLAGS}/f?dryRun=true`, { description: 'x' })).body).not.toHaveProperty('sizes');
});

describe('what is too large', () => {
  it.each(DOORS)('is refused by %s', async (_door, write) => {
    const { status, body } = await write();
    expect([status, body]).toMatchObject([422, { code: 'too-large' }]);
    expect(body.detail).toMatch(/_SIZE_LIMIT allows 2,000 bytes: (shorten|divide)/);
    expect(body.sizes[0].after).toBeGreaterThan(2_000);
  });

  it('is refused by promotions, and by what brings back a state in which somebody had written it by hand', async () => {
    const { body: flag } = await admin.get(`${FLAGS}/by-hand`);
    const { body: staging } = await admin.get('/api/admin/environments/staging');
    const at = await writeByHand(
      `INSERT INTO flagtree.environment_flags (environment_id, flag_id, variants) VALUES ('${staging.id}', '${flag.id}', ${variants(2_500)})`,
    );
    const order = { from: 'staging', to: ['production'], flags: ['by-hand'] };
    for (const rest of [{}, { dryRun: true }]) {
      const { status, body } = await admin.post('/api/admin/promotions', { ...order, ...rest });
      expect([status, body]).toMatchObject([422, { code: 'too-large', sizes: [{ of: 'flag', environment: 'production' }] }]);
    }
    expect((await admin.patch(`${IN_STAGING}/by-hand`, { variants: text(2_300) })).status).toBe(200);
    expect((await admin.patch(`${IN_STAGING}/by-hand`, { variants: text(2_301) })).body.code).toBe('too-large');
    expect((await admin.delete(`${IN_STAGING}/by-hand`)).status).toBe(204);
    expect((await admin.post('/api/admin/restore', { flag: 'by-hand', at })).body.code).toBe('too-large');
    await writeByHand(`UPDATE flagtree.flags SET variants = ${variants(2_500)} WHERE key = 'archived'`);
    expect((await admin.delete(`${FLAGS}/archived`)).status).toBe(204);
    expect((await admin.post(`${FLAGS}/archived/restore`)).body.code).toBe('too-large');
  });

  it('is a snapshot of many flags, of which each is small, and as many of anything', async () => {
    const made: string[] = [];
    let last = await admin.get(`${FLAGS}/f`);
    for (let i = 0; i < 20 && last.status < 300; i++) {
      const key = `some.${String(i)}`;
      last = await admin.post(FLAGS, { key, type: 'string', variants: text(1_500), enabled: false });
      if (last.status === 201) made.push(key);
    }
    expect(last.body).toMatchObject({ code: 'too-large', sizes: [{ of: 'snapshot', limit: 20_000 }, {}, {}] });
    expect(last.body.detail).toMatch(/^This would make the snapshot of "\w+" .* FLAGTREE_SNAPSHOT_SIZE_LIMIT allows 20,000 bytes: archive/);
    for (const key of made.slice(0, 5)) expect((await admin.delete(`${FLAGS}/${key}`)).status).toBe(204);
    expect((await admin.post(FLAGS, { key: 'another', type: 'string', variants: text(1_000) })).status).toBe(201);

    for (let i = 0; i < 24 && last.body.sizes?.[0]?.of !== 'flags'; i++) last = await admin.post(FLAGS, { key: `tiny.${String(i)}` });
    expect(last.body).toMatchObject({ code: 'too-large', sizes: [{ of: 'flags', after: 25, limit: 24 }] });
    const environments = (slug: string) => admin.post('/api/admin/environments', { slug, parent: 'staging' });
    expect([(await environments('one')).status, (await environments('two')).status]).toEqual([201, 201]);
    expect((await environments('three')).body).toMatchObject({ code: 'too-large', sizes: [{ of: 'environments', limit: 5 }] });
    await makeSegment(admin, 'second', []);
    const third = await admin.post('/api/admin/segments', { key: 'third', name: 'third', conditions: [] });
    expect(third.body).toMatchObject({ code: 'too-large', sizes: [{ of: 'segments' }] });
  }); // prettier-ignore
});

it('a flag that somebody made too large to compile by SQL goes on as it was, and so do all others', async () => {
  const value = async (key: string) =>
    (await client.post(`/ofrep/v1/evaluate/flags/${key}?env=staging`, { context: {} })).body.value;
  const both = async () => [await value('heavy'), await value('f')];
  const before = await both();
  await writeByHand(`UPDATE flagtree.flags SET variants = ${variants(1_200_000)} WHERE key = 'heavy'`);
  await until(() => server.logs().includes('The flag \\"heavy\\" is broken'));
  expect(await both()).toEqual(before);
  const { body } = await client.get('/api/feature-flags/snapshot?env=staging');
  expect(JSON.stringify(body).length).toBeLessThan(50_000);
});
