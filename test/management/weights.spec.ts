import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

const FLAGS = '/api/admin/feature-flags';
const override = (slug: string) => `/api/admin/environments/${slug}/feature-flags/f`;
const three = (...weights: unknown[]) =>
  ['a', 'b', 'c'].map((key, i) => ({ key, value: key, ...(weights[i] !== undefined && { weight: weights[i] }) }));
const ruleOf = (...weights: unknown[]) => ({
  id: 'r',
  serve: { split: weights.map((weight, i) => ({ variant: ['a', 'b', 'c'][i], weight })) },
});
const document = (variants: unknown[]) => ({
  format: 'flagtree-states',
  version: 2,
  flags: [{ key: 'f', type: 'string', enabled: true, variants, defaultVariant: 'a' }],
});

let server: Server;
let admin: Api;
beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());
beforeEach(async () => {
  await admin.post(`${FLAGS}?force=true`, { key: 'f', type: 'string', enabled: true, variants: three(), defaultVariant: 'a' });
});
afterEach(async () => {
  await admin.delete(`${FLAGS}/f`);
});

type Door = (variants: unknown[]) => ReturnType<Api['post']>;
const DOORS: [string, Door][] = [
  ['a flag that is made', (variants) => admin.post(`${FLAGS}?dryRun=true`, { key: 'g', type: 'string', variants })],
  ['a base that is edited', (variants) => admin.patch(`${FLAGS}/f`, { variants })],
  ['an override that is put', (variants) => admin.put(override('staging'), { variants })],
  ['an override that is edited', (variants) => admin.patch(override('staging'), { variants })],
  ['a flag that is edited in an environment', (variants) => admin.patch(`${FLAGS}/f`, { environment: 'staging', variants })],
  ['a bulk', (variants) => admin.post('/api/admin/bulk', { operation: 'set', flags: ['f'], environments: ['staging'], set: { variants } })],
  ['the dry run of a bulk', (variants) => admin.post('/api/admin/bulk', { operation: 'set', flags: ['f'], environments: ['staging'], set: { variants }, dryRun: true })],
  ['an import', (variants) => admin.post('/api/admin/import', document(variants))],
  ['the dry run of an import', (variants) => admin.post('/api/admin/import?dryRun=true', document(variants))],
  ['a promotion with other values', (variants) => admin.post('/api/admin/promotions', { from: 'staging', to: ['production'], flags: ['f'], with: { variants } })],
]; // prettier-ignore

describe('[004-27] weights that are percentages', () => {
  it.each(DOORS)('are refused by %s unless they are 100 together', async (_, door) => {
    const answer = await door(three('50 %', '40.5%'));
    expect([answer.status, answer.body.code]).toEqual([422, 'weights-do-not-sum']);
    expect(answer.body.detail).toContain('add up to 90.5 % and must be exactly 100 %: 9.5 % is missing');
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.body.errors[0].pointer).toMatch(/variants$/);
  });

  it.each(DOORS)('are refused by %s beside whole numbers', async (_, door) => {
    const answer = await door(three('50 %', 50));
    expect([answer.status, answer.body.code]).toEqual([422, 'weights-mixed']);
  });

  it.each(DOORS)('are refused by %s as malformed where one is none', async (_, door) => {
    const answer = await door(three('50 %', '50.0001 %'));
    expect([answer.status, answer.body.errors[0].code]).toEqual([400, 'bad-percentage']);
  });

  it.each(DOORS)('are taken by %s, without a warning', async (_, door) => {
    const answer = await door(three('33.3 %', '33.3%', '33.4 %'));
    expect([200, 201]).toContain(answer.status);
    expect(answer.body.warnings).toBeUndefined();
  });

  it('serve as whole numbers of the same shares do, in variants and in rules', async () => {
    const served = async () => {
      const place = '/api/feature-flags/evaluate?env=staging';
      const asked = Array.from({ length: 200 }, (_, i) => admin.post(place, { context: { targetingKey: `user-${String(i)}` } }));
      return (await Promise.all(asked)).map(({ body }) => body.flags.f.variant as string);
    };
    await admin.put(override('staging'), { variants: three(1, 2, 5) });
    const inVariants = await served();
    await admin.put(override('staging'), { variants: three('12.5 %', '25 %', '62.5%') });
    expect(await served()).toEqual(inVariants);
    await admin.put(override('staging'), { rules: [ruleOf('12.5 %', '25 %', '62.5%')] });
    expect(await served()).toEqual(inVariants);
    expect(new Set(inVariants)).toEqual(new Set(['a', 'b', 'c']));
  });

  it('are explained in thousandths', async () => {
    await admin.put(override('staging'), { rules: [ruleOf('33.3 %', '66.7 %')] });
    const { body } = await admin.post(`${FLAGS}/f/explain`, { environment: 'staging', context: { targetingKey: 'u' } });
    const entries = [{ variant: 'a', weight: 33_300 }, { variant: 'b', weight: 66_700 }]; // prettier-ignore
    expect(JSON.stringify(body)).toContain(JSON.stringify(entries));
  });

  it('come from several environments, each rule with its own kind', async () => {
    await admin.patch(`${FLAGS}/f`, { rules: [{ ...ruleOf(1, 2), id: 'base' }] });
    for (const rulesMode of ['prepend', 'append']) {
      const put = await admin.put(override('staging'), { rules: [ruleOf('50 %', '50 %')], rulesMode });
      expect([200, 201]).toContain(put.status);
      const { body } = await admin.get(`${FLAGS}/f?env=staging`);
      expect(body.rules).toHaveLength(2);
    }
  });

  it('are promoted, reverted, restored, exported and imported as they were written', async () => {
    const percentages = [ruleOf('0.001 %', '99.999%')];
    const { revision } = (await admin.put(override('production'), { rules: [ruleOf(1, 2)] })).body;
    await admin.put(override('staging'), { rules: percentages });
    const promoted = await admin.post('/api/admin/promotions', { from: 'staging', to: ['production'], flags: ['f'] });
    const rules = async () => (await admin.get(`${FLAGS}/f?env=production`)).body.rules as unknown;
    expect(await rules()).toEqual(percentages);
    const { body: exported } = await admin.get('/api/admin/export');
    const reverted = await admin.post(`/api/admin/promotions/${String(promoted.body.id)}/revert`, {});
    expect([reverted.status, await rules()]).toEqual([expect.any(Number), [ruleOf(1, 2)]]);
    expect((await admin.post('/api/admin/import', exported)).body.written).toBeGreaterThan(0);
    expect(await rules()).toEqual(percentages);
    expect((await admin.post('/api/admin/import', exported)).body.written).toBe(0);
    await admin.post('/api/admin/restore', { flag: 'f', at: String(revision) });
    expect(await rules()).toEqual([ruleOf(1, 2)]);
  });

  it('are whole numbers for flagd, and come back as they are', async () => {
    await admin.patch(`${FLAGS}/f`, { variants: three('33.3 %', '33.3 %', '33.4 %') });
    await admin.put(override('staging'), { rules: [ruleOf('0.5 %', '99.5%')] });
    const { body } = await admin.get('/api/admin/export?format=flagd&env=staging');
    const written = JSON.stringify(body.flags.f);
    expect(written).toContain('["a",500],["b",99500]');
    expect(written).toContain('["a",33300],["b",33300],["c",33400]');
    const back = await admin.post('/api/admin/import?format=flagd&env=staging', body);
    expect(back.body).toMatchObject({ written: 0 });
    expect((await admin.get(`${FLAGS}/f?env=staging`)).body.variants).toEqual(three('33.3 %', '33.3 %', '33.4 %'));
  });
});

describe('[004-27] whole numbers', () => {
  it.each(DOORS)('that are nearly 100 together are taken by %s with a warning', async (_, door) => {
    const { status, body } = await door(three(50, 40));
    expect([200, 201]).toContain(status);
    expect(body.warnings).toEqual([
      expect.stringMatching(/^[fg]( in (staging|production))?: the weights at \/variants add up to 90, not 100/),
    ]);
  });

  it('have any other total without a word, and are not warned of where they stay', async () => {
    expect((await admin.patch(`${FLAGS}/f`, { variants: three(1, 2) })).body.warnings).toBeUndefined();
    const { body } = await admin.patch(`${FLAGS}/f`, { rules: [ruleOf(50, 49)] });
    expect(body.warnings).toEqual([expect.stringContaining('the weights at /rules/0/serve/split add up to 99')]);
    expect((await admin.patch(`${FLAGS}/f`, { percentage: 5 })).body.warnings).toBeUndefined();
  });

  it('have an ETag that says nothing of warnings', async () => {
    const written = await admin.patch(`${FLAGS}/f`, { variants: three(50, 40) });
    expect(written.body.warnings).toHaveLength(1);
    const read = await admin.get(`${FLAGS}/f`);
    expect(read.body.warnings).toBeUndefined();
    expect(read.headers.get('etag')).toBe(written.headers.get('etag'));
  });
});
