import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { makeFlag, makeSegment, makeToken, setOverride } from './steps.js';

const FLAGS = '/api/admin/feature-flags';
const PARTS = Array.from({ length: 900 }, (_, i) => `${'a'.repeat(i % 60)}${i}b`);
const LETTERS = [500, 499, 498, 497].map((times) => `\\p{L}{1,${times}}\\p{N}`);
const condition = (operator: string, values: string[]) => ({ attribute: 'x', operator, values });
const rule = (id: string, ...conditions: object[]) => ({ id, conditions, serve: { variant: 'on' } });
/** More than any flag may cost. */
const COSTLY = [rule('costly', condition('matches', LETTERS))];
/** Less, and more than a request has where texts are long. */
const DEAR = [rule('dear', condition('contains', PARTS))];
const LONG = { x: Array.from({ length: 200 }, () => 'a'.repeat(4_096)) };

let server: TestServer;
let admin: Api;
let client: Api;

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  for (const key of ['f', 'plain']) await makeFlag(admin, key, { defaultVariant: 'off' });
  await makeFlag(admin, 'dear', { rules: DEAR, defaultVariant: 'off' });
  await makeSegment(admin, 'staff', [condition('equals', ['a'])]);
  await makeFlag(admin, 'of-staff', { rules: [rule('staff', { segment: 'staff' })] });
  client = admin.as(await makeToken(admin, ['staging']));
});
afterAll(() => server.stop());

type Door = () => ReturnType<Api['post']>;
const set = { operation: 'set', flags: ['f'], environments: ['staging'], set: { rules: COSTLY } };
const VARIANTS = [
  { key: 'on', value: true },
  { key: 'off', value: false },
];
const document = {
  format: 'flagtree-states',
  version: 2,
  flags: [{ key: 'f', type: 'boolean', variants: VARIANTS, rules: COSTLY }],
};
const DOORS: [string, Door][] = [
  ['a flag that is made', () => admin.post(FLAGS, { key: 'g', rules: COSTLY })],
  ['a base that is edited', () => admin.patch(`${FLAGS}/f`, { rules: COSTLY })],
  ['an override that is put', () => admin.put('/api/admin/environments/staging/feature-flags/f', { rules: COSTLY })],
  ['an override that is edited', () => admin.patch('/api/admin/environments/staging/feature-flags/f', { rules: COSTLY })],
  ['a dry run', () => admin.patch(`${FLAGS}/f?dryRun=true`, { rules: COSTLY })],
  ['a bulk', () => admin.post('/api/admin/bulk', set)],
  ['the dry run of a bulk', () => admin.post('/api/admin/bulk', { ...set, dryRun: true })],
  ['an import', () => admin.post('/api/admin/import', document)],
  ['the dry run of an import', () => admin.post('/api/admin/import?dryRun=true', document)],
  ['a segment that a flag names', () => admin.patch('/api/admin/segments/staff', { conditions: [condition('matches', LETTERS)] })],
]; // prettier-ignore

describe('a flag that may cost too much', () => {
  it.each(DOORS)('is refused by %s', async (_door, write) => {
    const { status, body } = await write();
    expect([status, JSON.stringify(body)]).toEqual([422, expect.stringContaining('too-costly')]);
    expect(JSON.stringify(body)).toContain('billion points, and no flag may take more than 100: write fewer');
  });

  it('is refused by a promotion with other values', async () => {
    const order = { from: 'staging', to: ['production'], flags: ['f'], with: { rules: COSTLY } };
    const { status, body } = await admin.post('/api/admin/promotions', order);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(body)).toContain('billion points, and no flag may take more than 100: write fewer');
  });

  it('is one with a pattern that is too large by itself', async () => {
    const { status, body } = await admin.patch(`${FLAGS}/f`, { rules: [rule('r', condition('matches', ['\\p{L}{1,1000}\\p{N}']))] });
    expect([status, body]).toMatchObject([400, { errors: [{ code: 'pattern-too-large' }] }]);
  }); // prettier-ignore
});

it('a dry run tells what it would make flags cost, the dearest first', async () => {
  const { body } = await admin.patch(`${FLAGS}/plain?dryRun=true`, { rules: DEAR });
  const [first, ...others] = (body as { costs: { before: number; after: number; flag: string }[] }).costs;
  expect(first).toMatchObject({ flag: 'plain', before: 0 });
  expect(first?.after).toBeGreaterThan(1_000_000_000);
  expect(others).toHaveLength(2);
  expect((await admin.patch(`${FLAGS}/plain?dryRun=true`, { description: 'x' })).body).not.toHaveProperty('costs');
});

describe('an evaluation for which a request has no points left', () => {
  const details = expect.stringContaining('50000000 points');

  it('ends as an error of that flag, by OFREP', async () => {
    const single = await client.post('/ofrep/v1/evaluate/flags/dear?env=staging', { context: LONG });
    expect([single.status, single.body]).toMatchObject([400, { key: 'dear', errorCode: 'GENERAL', errorDetails: details }]);
    const all = await client.post('/ofrep/v1/evaluate/flags?env=staging', { context: LONG });
    const flags = (all.body as { flags: { key: string; errorCode?: string }[] }).flags;
    expect(flags.filter(({ errorCode }) => errorCode !== undefined)).toMatchObject([{ key: 'dear', errorCode: 'GENERAL' }]);
    expect(flags.map(({ key }) => key)).toContain('plain');
  });

  it('and by the other ways of asking', async () => {
    const failure = { reason: 'ERROR', errorCode: 'GENERAL', errorDetails: details };
    const all = await client.post('/api/feature-flags/evaluate?env=staging', { context: LONG });
    expect(all.body).toMatchObject({ flags: { dear: failure, plain: { variant: 'off' } } });
    const some = await client.post('/api/feature-flags/evaluate?env=staging', { context: LONG, flags: ['dear', 'plain'] });
    expect(some.body).toMatchObject({ flags: { dear: failure, plain: { variant: 'off' } } });
    const explained = await admin.post(`${FLAGS}/dear/explain`, { environment: 'staging', context: LONG });
    expect(explained.body).toMatchObject({ evaluation: { errorCode: 'GENERAL', errorDetails: details } });
  });

  it('where the same flag serves ordinary contexts', async () => {
    const { body } = await client.post('/ofrep/v1/evaluate/flags/dear?env=staging', { context: { x: `somebody${PARTS[7] ?? ''}` } });
    expect(body).toMatchObject({ variant: 'on' });
  }); // prettier-ignore

  it('also in one environment, which takes nothing from another', async () => {
    await setOverride(admin, 'development', 'plain', { rules: DEAR });
    const context = { context: LONG };
    expect((await admin.post('/ofrep/v1/evaluate/flags/plain?env=development', context)).status).toBe(400);
    expect((await admin.post('/ofrep/v1/evaluate/flags/plain?env=staging', context)).status).toBe(200);
  });
});
