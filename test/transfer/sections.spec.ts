import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { statesDocument, variants } from './documents.js';

const IMPORT = '/api/admin/import';
const EXPORT = '/api/admin/export';

const document = statesDocument({
  flags: ['one', 'two'].map((key) => ({ key, variants, defaultVariant: 'on', offVariant: 'off' })),
  checks: [
    { flag: 'one', name: 'everybody', environment: null, context: {}, variant: 'off' },
    { flag: 'one', name: 'staff', environment: 'staging', context: { targetingKey: 'u1', org: { id: 7 } }, variant: null },
    { flag: 'two', name: 'everybody', environment: null, context: {}, variant: 'off' },
  ],
  pipelines: [
    { name: 'main', description: null, direction: 'forward', steps: [{ environment: 'development', gates: [] }, { environment: 'production', gates: [{ gate: 'soak', minutes: 60 }] }] },
  ],
}); // prettier-ignore

let first: Server;
let second: Server;
let one: Api;
let two: Api;

beforeAll(async () => {
  [first, second] = await Promise.all([startServer(), startServer()]);
  one = await Api.of(first.url, first.adminToken);
  two = await Api.of(second.url, second.adminToken);
});
afterAll(() => Promise.all([first.stop(), second.stop()]));

const revision = async (server: Server) =>
  Number((await sql(server.databaseUrl, 'SELECT revision FROM flagtree.ledger'))[0]?.['revision']);
const exported = async (server: Server, query = '') =>
  (await fetch(`${server.url}${EXPORT}${query}`, { headers: { authorization: `Bearer ${server.adminToken}` } })).text();

describe('checks and pipelines', () => {
  it('are imported with the flags that they are about, as the same revision', async () => {
    const before = await revision(first);
    const { body } = await one.post(IMPORT, document);
    expect(body).toMatchObject({
      revision: before + 1,
      written: 6,
      sections: { checks: { created: 3 }, pipelines: { created: 1 } },
    });
    expect(await revision(first)).toBe(before + 1);
    const text = await exported(first);
    expect(JSON.parse(text)).toMatchObject({
      checks: document['checks' as keyof typeof document],
      pipelines: document['pipelines' as keyof typeof document],
    });
    expect((await one.post(`${IMPORT}?mode=replace`, text)).body).toMatchObject({ written: 0, revision: before + 1 });
    expect((await two.post(`${IMPORT}?mode=replace&force=true`, text)).status).toBe(200);
    expect(await exported(second)).toBe(text);
  });

  it('are told, but not written, by a dry run', async () => {
    const [before, text] = [await revision(first), await exported(first)];
    const without = { ...(JSON.parse(text) as object), checks: [], pipelines: [] };
    const { body } = await one.post(`${IMPORT}?mode=replace&dryRun=true`, without);
    expect(body).toMatchObject({ dryRun: true, preview: { sections: { checks: { removed: 3 }, pipelines: { removed: 1 } } } });
    const { body: job } = await one.post(`${IMPORT}?mode=replace&dryRun=true&async=true`, without);
    for (let status = ''; status !== 'succeeded';)
      ({ status } = (await one.get(`/api/admin/jobs/${String(job.id)}`)).body as { status: string });
    expect([await revision(first), await exported(first)]).toEqual([before, text]);
  });

  it('are edited and removed as the document says, as far as it speaks for them', async () => {
    const part = JSON.parse(await exported(first, '?flags=one')) as { checks: { variant: string | null }[] };
    expect(part).not.toHaveProperty('pipelines');
    const edited = { ...part, checks: [{ ...part.checks[0], variant: 'on' }] };
    expect((await one.post(`${IMPORT}?mode=replace`, edited)).body.sections).toMatchObject({
      checks: { updated: 1, removed: 1, unchanged: 0 },
    });
    expect((JSON.parse(await exported(first)) as { checks: object[] }).checks).toMatchObject([
      { flag: 'one', name: 'everybody', variant: 'on' },
      { flag: 'two' },
    ]);
    expect((await one.post(`${IMPORT}?mode=replace`, statesDocument({ pipelines: [] }))).body.sections).toMatchObject({
      pipelines: { removed: 1 },
    });
  });

  it.each([
    ['a check without a context', { checks: [{ flag: 'one', name: 'x', variant: null }] }, 400, '/checks/0/context'],
    ['a check that is told twice', { checks: [{ flag: 'one', name: 'x', context: {}, variant: null }, { flag: 'one', name: 'x', context: {}, variant: 'on' }] }, 400, '/checks/1'],
    ['a check of no flag', { checks: [{ flag: 'nope', name: 'x', context: {}, variant: null }] }, 422, '/checks/0/flag'],
    ['a check of a variant that there is not', { checks: [{ flag: 'one', name: 'x', context: {}, variant: 'maybe' }] }, 422, '/checks/0/variant'],
    ['a pipeline with a gate that is none', { pipelines: [{ name: 'p', steps: [{ environment: 'staging', gates: [{ gate: 'luck' }] }, { environment: 'production' }] }] }, 400, '/pipelines/0/steps/0/gates/0'],
    ['a section that is no list', { checks: {} }, 400, '/checks'],
  ])('are refused with %s, and all else with them', async (_what, sections, status, pointer) => {
    const before = await revision(first);
    const answer = await one.post(IMPORT, statesDocument({ flags: [{ key: 'beside', variants }], ...sections }));
    expect(answer).toMatchObject({ status, body: { errors: [{ pointer }] } });
    expect(await revision(first)).toBe(before);
  }); // prettier-ignore

  it('are in the schema that the server publishes', async () => {
    const { body } = await one.get(`${EXPORT}/schema`);
    expect(Object.keys(body.properties as object)).toEqual(expect.arrayContaining(['flags', 'overrides', 'checks', 'pipelines']));
  });
});
