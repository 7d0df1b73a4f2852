import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Api } from '../support/api.js';
import { sql } from '../support/sql.js';
import { BULK, ENVIRONMENTS, FLAGS, TwoTrees, variants } from './two-trees.js';

let trees: TwoTrees;
let admin: Api;
let developer: Api;

beforeAll(async () => {
  trees = await TwoTrees.start();
  ({ admin } = trees);
  const token = await admin.post('/api/admin/tokens', { name: 'dev', kind: 'admin', role: 'developer' });
  developer = admin.as(token.body.token as string);
});
afterAll(() => trees.server.stop());
beforeEach(() => trees.clear());

const revision = () => trees.revision();
const overrides = (slug: string) => trees.overrides(slug);

describe('one operation for many flags', () => {
  it('is one revision, whatever it writes, and none when it changes nothing', async () => {
    const before = await revision();
    const request = { operation: 'enable', flags: ['ui.*', 'api.one'], environments: ['staging', 'eu'], reason: 'launch' };
    const answer = await admin.post(BULK, request);
    expect(answer).toMatchObject({ status: 200, body: { revision: before + 1, changed: 6, unchanged: 0, refused: 0 } });
    expect(answer.body.items[0]).toEqual({ flag: 'api.one', environment: expect.any(String), outcome: 'changed' });
    expect(await revision()).toBe(before + 1);
    expect(await overrides('eu')).toEqual(
      Object.fromEntries(['api.one', 'ui.one', 'ui.two'].map((key) => [key, { enabled: true, reason: 'launch' }])),
    );
    expect((await admin.post(BULK, request)).body).toMatchObject({ revision: before + 1, changed: 0, unchanged: 6 });
    expect(await revision()).toBe(before + 1);
  });

  it('selects by keys, patterns and tags, and writes subtrees', async () => {
    await admin.post(BULK, { operation: 'enable', flags: ['*.one'], tags: ['ui'], environments: ['us'], subtree: true });
    expect([await overrides('us'), await overrides('us-test'), await overrides('vault'), await overrides('eu')]).toEqual([
      { 'ui.one': { enabled: true } }, { 'ui.one': { enabled: true } }, { 'ui.one': { enabled: true } }, {},
    ]); // prettier-ignore
  });

  it('sets fields and lets single ones inherit again', async () => {
    const rules = [{ id: 'r', conditions: [], serve: { variant: 'off' } }];
    await admin.post(BULK, {
      operation: 'set',
      flags: ['ui.*'],
      environments: ['eu'],
      set: { percentage: 12.5, rules, rulesMode: 'append' },
    });
    expect((await overrides('eu'))['ui.two']).toEqual({ percentage: 12.5, rules, rulesMode: 'append' });
    await admin.post(BULK, {
      operation: 'set',
      flags: ['ui.*'],
      environments: ['eu'],
      set: { percentage: null, enabled: false },
    });
    await admin.post(BULK, { operation: 'clear', flags: ['ui.two'], environments: ['eu'], fields: ['rules'] });
    expect(await overrides('eu')).toEqual({
      'ui.one': { enabled: false, rules, rulesMode: 'append' },
      'ui.two': { enabled: false },
    });
    await admin.post(BULK, { operation: 'clear', flags: ['ui.two'], environments: ['eu'], fields: ['enabled'] });
    expect(Object.keys(await overrides('eu'))).toEqual(['ui.one']);
  });

  it('tells in a dry run all that it would change, descendants included, and changes nothing', async () => {
    const before = await revision();
    const request = { operation: 'enable', flags: ['ui.one'], environments: ['us'] };
    const preview = await admin.post(`${BULK}?dryRun=true`, request);
    expect(preview.body).toEqual({
      dryRun: true,
      revision: before,
      effect: ['us', 'us-test', 'vault'].map((environment) => ({
        environment,
        flag: 'ui.one',
        field: 'enabled',
        before: false,
        after: true,
      })),
      effectCount: 3,
      preview: {
        revision: before,
        changed: 1,
        unchanged: 0,
        refused: 0,
        items: [{ flag: 'ui.one', environment: 'us', outcome: 'changed' }],
      },
    });
    expect((await admin.post(BULK, { ...request, dryRun: true })).body).toEqual(preview.body);
    expect(await revision()).toBe(before);
  });

  it('is done once for an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'bulk-1' };
    const request = { operation: 'enable', flags: ['ui.one'], environments: ['eu'] };
    const first = await admin.post(BULK, request, { headers });
    await admin.post(BULK, { operation: 'disable', flags: ['ui.one'], environments: ['eu'] });
    const again = await admin.post(BULK, request, { headers });
    expect(again.body).toEqual(first.body);
    expect((await overrides('eu'))['ui.one']).toEqual({ enabled: false });
  });
});

describe('items that cannot be done', () => {
  const request = { operation: 'set', flags: ['ui.one', 'text'], environments: ['eu', 'us-test'], set: { defaultVariant: 'b' } };

  it('keep all others from being done when the request is atomic, and are named', async () => {
    const before = await revision();
    const answer = await admin.post(BULK, request);
    expect(answer).toMatchObject({
      status: 422,
      body: {
        code: 'invalid-flag',
        errors: expect.arrayContaining([expect.objectContaining({ flag: 'ui.one', environment: 'eu' })]),
      },
    });
    expect(await revision()).toBe(before);
  });

  it('are refused by themselves when it is not, and the others share one revision', async () => {
    const before = await revision();
    const { body } = await admin.post(BULK, { ...request, atomic: false });
    expect(body).toMatchObject({ revision: before + 1, changed: 2, refused: 2 });
    expect(body.items).toContainEqual({ flag: 'text', environment: 'eu', outcome: 'changed' });
    expect(body.items).toContainEqual({
      flag: 'ui.one',
      environment: 'eu',
      outcome: 'refused',
      code: 'invalid-flag',
      detail: expect.stringContaining('names variant "b"'),
    });
    expect(await overrides('eu')).toEqual({ text: { defaultVariant: 'b' } });
  });

  it('are those that the caller may not write, also where a protected child would inherit them', async () => {
    const enable = { operation: 'enable', flags: ['ui.one'], environments: ['us', 'eu', 'vault'] };
    expect(await developer.post(BULK, enable)).toMatchObject({ status: 403, body: { code: 'environment-protected' } });
    const { body } = await developer.post(BULK, { ...enable, atomic: false });
    expect((body.items as { environment: string; outcome: string; code?: string }[]).map(({ environment, outcome, code }) => [environment, outcome, code])).toEqual([
      ['eu', 'changed', undefined], ['us', 'refused', 'environment-protected'], ['vault', 'refused', 'environment-protected'],
    ]); // prettier-ignore
  });

  it('are judged by the items before them: a variant that a parent gets just now may be named below it', async () => {
    const three = [...variants, { key: 'c', value: 'C' }];
    expect(
      (await admin.post(BULK, { operation: 'set', flags: ['text'], environments: ['us'], set: { variants: three } })).status,
    ).toBe(200);
    const { body } = await admin.post(BULK, {
      operation: 'copy',
      pairs: [{ from: 'us', to: 'eu' }],
      flags: ['text'],
      atomic: false,
    });
    expect(body).toMatchObject({ changed: 1, refused: 0 });
    expect(
      (
        await admin.post(BULK, {
          operation: 'set',
          flags: ['text'],
          environments: ['eu-test'],
          set: { defaultVariant: 'c' },
          atomic: false,
        })
      ).body,
    ).toMatchObject({ changed: 1 });
    expect(
      (await admin.post(BULK, { operation: 'clear', flags: ['text'], environments: ['eu'], atomic: false })).body,
    ).toMatchObject({ refused: 1 });
    expect(
      (await admin.post(BULK, { operation: 'clear', flags: ['text'], environments: ['eu'], subtree: true })).body.code,
    ).toBeUndefined();
  });
});

describe('a bulk request', () => {
  it.each([
    ['no flags', { operation: 'enable', environments: ['eu'] }, 400, '/flags'],
    ['no environments', { operation: 'enable', flags: ['*'] }, 400, '/environments'],
    ['nothing to set', { operation: 'set', flags: ['*'], environments: ['eu'], set: {} }, 400, '/set'],
    [
      'a bad value to set',
      { operation: 'set', flags: ['*'], environments: ['eu'], set: { percentage: 101 } },
      400,
      '/set/percentage',
    ],
    ['an unknown field to set', { operation: 'set', flags: ['*'], environments: ['eu'], set: { name: 'x' } }, 400, '/set/name'],
    ['nothing to copy from', { operation: 'copy', environments: ['eu'] }, 400, '/from'],
    ['what means nothing to it', { operation: 'enable', flags: ['*'], environments: ['eu'], from: 'us' }, 400, '/from'],
    ['an operation that is none', { operation: 'delete', flags: ['*'], environments: ['eu'] }, 400, '/operation'],
    ['an unknown flag', { operation: 'enable', flags: ['ui.one', 'nope'], environments: ['eu'] }, 422, '/flags/1'],
  ])('is refused with %s', async (_what, body, status, pointer) => {
    expect(await admin.post(BULK, body)).toMatchObject({ status, body: { errors: [{ pointer }] } });
  });

  it('is refused by name for an environment that is not there, and beyond ten thousand items by their number', async () => {
    expect(await admin.post(BULK, { operation: 'enable', flags: ['*'], environments: ['mars'] })).toMatchObject({
      status: 404,
      body: { code: 'environment-not-found' },
    });
    await sql(
      trees.server.databaseUrl,
      `INSERT INTO flagtree.flags (key, name) SELECT 'many-' || n, 'many' FROM generate_series(1, 5100) AS n`,
    );
    expect(await admin.post(BULK, { operation: 'enable', flags: ['many-*'], environments: ['eu', 'us'] })).toMatchObject({
      status: 422,
      body: { code: 'too-many-items' },
    });
    expect(await admin.post(BULK, { operation: 'enable', flags: ['many-*'], environments: ['eu'] })).toMatchObject({
      status: 200,
      body: { changed: 5_100 },
    });
  });
});

describe('a bulk edit', () => {
  it('refuses by name to copy "no variant" below one that is inherited, and does not pass it over', async () => {
    await admin.post(FLAGS, { key: 'ui.silent', offVariant: null });
    await admin.put(`${ENVIRONMENTS}/us/feature-flags/ui.silent`, { offVariant: 'off' });
    const copy = { operation: 'copy', flags: ['ui.silent', 'ui.one'], from: 'eu', environments: ['us-test'], mode: 'resolved' };
    const all = await admin.post(BULK, copy);
    expect(all).toMatchObject({ status: 422, body: { code: 'cannot-copy' } });
    expect(all.body.detail).toContain('eu has no offVariant for "ui.silent"');
    const items = await admin.post(BULK, { ...copy, atomic: false });
    expect(items.body.items).toMatchObject([
      { outcome: 'unchanged' },
      { flag: 'ui.silent', outcome: 'refused', code: 'cannot-copy' },
    ]);
    expect((await admin.post(BULK, { ...copy, fields: ['enabled'] })).status).toBe(200);
  });

  it('gives the answer of then to a request that is repeated when it would be impossible', async () => {
    await admin.post(FLAGS, { key: 'ui.replayed' });
    const headers = { 'idempotency-key': 'bulk-then' };
    const edit = { operation: 'enable', flags: ['ui.replayed'], environments: ['eu'] };
    const first = await admin.post(BULK, edit, { headers });
    await admin.delete(`${FLAGS}/ui.replayed`);
    const again = await admin.post(BULK, edit, { headers });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(again.body).toEqual(first.body);
    expect((await admin.post(BULK, edit)).status).toBe(422);
  });

  it('says that it cannot honour If-Match', async () => {
    const edit = { operation: 'enable', flags: ['ui.one'], environments: ['eu'] };
    expect(await admin.post(BULK, edit, { headers: { 'if-match': '"any"' } })).toMatchObject({
      status: 400,
      body: { code: 'if-match-not-applicable' },
    });
  });

  it('keeps the reason why it cleared fields', async () => {
    await admin.put(`${ENVIRONMENTS}/eu/feature-flags/ui.one`, { enabled: true, percentage: 5, reason: 'then' });
    await admin.post(BULK, {
      operation: 'clear',
      flags: ['ui.one'],
      environments: ['eu'],
      fields: ['percentage'],
      reason: 'now',
    });
    expect((await admin.get(`${ENVIRONMENTS}/eu/feature-flags/ui.one`)).body).toMatchObject({ percentage: null, reason: 'now' });
  });
});
