import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { everything, statesDocument, variants } from './documents.js';

const EXPORT = '/api/admin/export';
const IMPORT = '/api/admin/import';

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
const exported = async (server: Server, query = '') => {
  const response = await fetch(`${server.url}${EXPORT}${query}`, { headers: { authorization: `Bearer ${server.adminToken}` } });
  expect(response.status).toBe(200);
  return response.text();
};

describe('an import', () => {
  it('is one revision that makes the server what the document says', async () => {
    const before = await revision(first);
    const answer = await one.post(`${IMPORT}?reason=moving+in`, everything);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        mode: 'merge',
        revision: before + 1,
        sections: {
          environments: { created: 1, updated: 2, removed: 0, unchanged: 1 },
          segments: { created: 2 },
          flags: { created: 3 },
          overrides: { created: 3 },
        },
      },
    });
    const document = JSON.parse(await exported(first)) as Record<string, Record<string, unknown>[]>;
    for (const section of ['environments', 'segments', 'overrides'] as const)
      expect(document[section]).toEqual(everything[section as keyof typeof everything]);
    expect(document['flags']).toEqual([
      expect.objectContaining({ key: 'bare', variants: [], defaultVariant: null, enabled: false, archivedAt: null }),
      { ...(everything['flags' as keyof typeof everything] as unknown as object[])[1], archivedAt: null },
      expect.objectContaining({ key: 'simple', type: 'boolean', variants }),
    ]);
    const entries = await sql(
      first.databaseUrl,
      'SELECT DISTINCT actor, reason FROM flagtree.audit_entries WHERE revision = $1',
      [before + 1],
    );
    expect(entries).toEqual([{ actor: expect.stringMatching(/^token:/), reason: 'moving in' }]);
  });

  it('of an export changes nothing and makes no revision, whichever way it is imported', async () => {
    const [before, text] = [await revision(first), await exported(first)];
    for (const query of ['', '?mode=replace', '?mode=replace&force=true']) {
      const { body } = await one.post(`${IMPORT}${query}`, text);
      expect(body).toMatchObject({ revision: before, written: 0 });
    }
    expect(await revision(first)).toBe(before);
    expect(await exported(first)).toBe(text);
  });

  it('into another server gives the same export, byte by byte, archived flags included', async () => {
    await one.put('/api/admin/feature-flags/bare/checks/kept', { context: {}, variant: null });
    await one.delete('/api/admin/feature-flags/bare');
    for (const query of ['', '?archived=true']) {
      const text = await exported(first, query);
      expect(await two.post(`${IMPORT}?mode=replace&force=true`, text)).toMatchObject({ status: 200 });
      expect(await exported(second, query)).toBe(text);
    }
    expect(await sql(second.databaseUrl, `SELECT name FROM flagtree.checks WHERE name = 'kept'`)).toEqual([{ name: 'kept' }]);
    expect(await sql(second.databaseUrl, 'SELECT * FROM flagtree.verify_audit()')).toEqual([]);
  });

  it('is evaluated at once', async () => {
    const answer = await two.post(
      '/ofrep/v1/evaluate/flags/simple',
      { context: {} },
      { headers: { 'x-environment': 'development' } },
    );
    expect(answer.body).toMatchObject({ value: false, variant: 'off' });
  });
});

describe('an export', () => {
  it('fits the schema that the server publishes', async () => {
    const { body: schema } = await one.get(`${EXPORT}/schema`);
    const validate = formats.default(new Ajv2020({ strict: false })).compile(schema as object);
    for (const query of ['', '?archived=true', '?flags=simple&environments=staging']) {
      expect([validate(JSON.parse(await exported(first, query))), validate.errors]).toEqual([true, null]);
    }
    expect(validate({ ...statesDocument(), flags: [{ key: 'x' }] })).toBe(false);
  });

  it('has one line for each item, so that a version control system shows what changed', async () => {
    const lines = (await exported(first)).split('\n');
    expect(lines.filter((line) => line.startsWith('{"key":"simple"'))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('{"flag":'))).toHaveLength(3);
  });

  it('holds what is selected, what that needs, and says what it speaks for', async () => {
    const document = JSON.parse(await exported(first, '?flags=json.*&environments=staging,production')) as Record<
      string,
      { key: string; slug: string; environment: string }[]
    >;
    expect(document['selection']).toEqual({ flags: ['json.*'], environments: ['staging', 'production'] });
    expect(document['environments']?.map(({ slug }) => slug)).toEqual(['production', 'staging']);
    expect(document['segments']?.map(({ key }) => key)).toEqual(['beta', 'staff']);
    expect(document['flags']?.map(({ key }) => key)).toEqual(['json.flag']);
    expect(document['overrides']?.map(({ environment }) => environment)).toEqual(['staging']);
    expect(JSON.parse(await exported(first, '?tags=nobody&sections=flags,segments'))).toEqual(
      statesDocument({ version: 2, selection: { tags: ['nobody'] }, segments: [], flags: [] }),
    );
  });

  it('is conditional, and refuses what is not there by name', async () => {
    const etag = (await one.get(EXPORT)).headers.get('etag') ?? '';
    expect((await one.get(EXPORT, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect(await one.get(`${EXPORT}?environments=mars`)).toMatchObject({ status: 404, body: { code: 'environment-not-found' } });
    expect(await one.get(`${EXPORT}?flags=simple,nope`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '?flags', detail: 'There is no flag "nope".' }] },
    });
    expect(await one.get(`${EXPORT}?sections=flags,nope`)).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'unknown-section' }] },
    });
  });
});

describe('a replacing import', () => {
  const state = async () =>
    JSON.parse(await exported(second)) as {
      flags: { key: string }[];
      overrides: unknown[];
      segments: unknown[];
      environments: unknown[];
    };

  it('archives flags and removes overrides and segments that the document does not have, in the sections that it has', async () => {
    await two.post(IMPORT, everything, { headers: {} });
    await two.post(
      `${IMPORT}?force=true`,
      statesDocument({
        flags: [
          { key: 'extra', variants },
          { key: 'bare', variants: [] },
        ],
      }),
    );
    await two.put('/api/admin/environments/production/feature-flags/extra', { enabled: true });
    const { environments: _environments, ...without } = everything as Record<string, unknown>;
    const preview = await two.post(`${IMPORT}?mode=replace&dryRun=true`, without);
    expect(preview.body).toMatchObject({
      dryRun: true,
      preview: { sections: { flags: { removed: 1 }, overrides: { removed: 0 } } },
    });
    expect(preview.body.effect).toContainEqual({
      environment: 'production',
      flag: 'extra',
      field: 'exists',
      before: true,
      after: false,
    });
    expect((await two.post(`${IMPORT}?mode=replace`, without)).body.sections).toEqual(preview.body.preview.sections);
    expect((await state()).flags.map(({ key }) => key)).toEqual(['bare', 'json.flag', 'simple']);
    expect((await two.post('/api/admin/feature-flags/extra/restore')).status).toBe(200);
    expect((await two.get('/api/admin/environments/production/feature-flags/extra')).status).toBe(200);
    expect((await two.post(`${IMPORT}?mode=replace`, statesDocument({ overrides: [] }))).body.sections).toEqual({
      overrides: { created: 0, updated: 0, removed: 4, unchanged: 0 },
    });
  });

  it('removes nothing outside of what the document speaks for', async () => {
    await two.post(IMPORT, everything);
    const part = await exported(second, '?flags=json.*&environments=staging');
    await two.put('/api/admin/environments/staging/feature-flags/simple', { enabled: true });
    await two.put('/api/admin/environments/development/feature-flags/json.flag', { percentage: 1 });
    const before = await revision(second);
    expect((await two.post(`${IMPORT}?mode=replace`, part)).body).toMatchObject({ written: 0, revision: before });
    await two.patch('/api/admin/environments/staging/feature-flags/json.flag', { percentage: 1 });
    expect((await two.post(`${IMPORT}?mode=replace`, part)).body).toMatchObject({ written: 1 });
    expect(await exported(second, '?flags=json.*&environments=staging')).toBe(part);
  });

  it('lets an alias move within one document, and takes any name of an environment', async () => {
    const from = (await two.get('/api/admin/environments/staging')).body as { aliases: string[] };
    const tree = [
      { slug: 'production', aliases: [] },
      { slug: 'staging', parent: 'live', aliases: ['prod'], settings: { require_approval: true } },
      { slug: 'newer', parent: 'production', aliases: ['live'] },
    ];
    const document = statesDocument({
      version: 2,
      environments: tree,
      overrides: [{ flag: 'simple', environment: 'prod', enabled: true }],
    });
    expect((await two.post(`${IMPORT}?force=true`, document)).status).toBe(200);
    const moved = (await two.get('/api/admin/environments/prod')).body;
    expect(moved).toMatchObject({ slug: 'staging', aliases: ['prod'], parent: 'newer' });
    expect((await two.get('/api/admin/environments/prod/feature-flags/simple')).body).toMatchObject({
      environment: 'staging',
      enabled: true,
    });
    const back = [
      { slug: 'staging', parent: 'production', aliases: from.aliases, settings: { require_approval: true } },
      { slug: 'production', aliases: ['prod'] },
      { slug: 'newer', parent: 'production' },
    ];
    expect((await two.post(`${IMPORT}?force=true`, statesDocument({ version: 2, environments: back }))).status).toBe(200);
    await two.delete('/api/admin/environments/newer?force=true');
  });

  it('reads version 1, and leaves what that does not know as it is', async () => {
    const url = 'https://staging.example/';
    await two.patch('/api/admin/environments/staging', { url, aliases: ['stage'] });
    const settings = { require_approval: true };
    await two.post(IMPORT, statesDocument({ version: 1, environments: [{ slug: 'staging', parent: 'production', settings }] }));
    expect((await two.get('/api/admin/environments/stage')).body).toMatchObject({ slug: 'staging', url, aliases: ['stage'] });
    await two.post(IMPORT, statesDocument({ version: 2, environments: [{ slug: 'staging', parent: 'production', settings }] }));
    expect((await two.get('/api/admin/environments/staging')).body).toMatchObject({ url: null, aliases: [] });
  });

  it('of version 1 leaves onMissingKey and metadata of a flag, and gives a new one the usual', async () => {
    const told = { onMissingKey: 'off', metadata: { ticket: 42 } };
    await two.post('/api/admin/feature-flags', { key: 'told', ...told });
    const flags = ['told', 'untold'].map((key) => ({ key, description: 'again', variants }));
    await two.post(IMPORT, statesDocument({ version: 1, flags }));
    expect((await two.get('/api/admin/feature-flags/told')).body).toMatchObject({ description: 'again', ...told });
    const usual = { onMissingKey: 'error', metadata: {} };
    expect((await two.get('/api/admin/feature-flags/untold')).body).toMatchObject({ description: 'again', ...usual });
    await two.post(IMPORT, statesDocument({ version: 2, flags }));
    expect((await two.get('/api/admin/feature-flags/told')).body).toMatchObject(usual);
    const refused = await two.post(IMPORT, statesDocument({ version: 1, flags: [{ key: 'told', variants, ...told }] }));
    expect(refused.body.errors).toMatchObject([{ pointer: '/flags/0/onMissingKey' }, { pointer: '/flags/0/metadata' }]);
  });

  it('deletes environments by force alone, and never the tokens', async () => {
    const document = statesDocument({
      environments: [{ slug: 'production' }, { slug: 'staging', parent: 'production', settings: { require_approval: true } }],
    });
    const refused = await two.post(`${IMPORT}?mode=replace`, document);
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/environments', code: 'environment-missing' }] } });
    expect(refused.body.errors[0].detail).toContain('development, old');
    const tokens = await sql(second.databaseUrl, 'SELECT count(*)::int AS n FROM flagtree.tokens');
    expect((await two.post(`${IMPORT}?mode=replace&force=true`, document)).status).toBe(200);
    expect((await two.get('/api/admin/environments')).body.items).toHaveLength(2);
    expect(await sql(second.databaseUrl, 'SELECT count(*)::int AS n FROM flagtree.tokens')).toEqual(tokens);
    expect((await two.post('/api/admin/environments/development/restore')).body).toMatchObject({
      parent: 'staging',
      restoredOverrides: 2,
    });
  });
});

describe('the tree', () => {
  it('can be turned upside down in one import', async () => {
    const flip = statesDocument({
      environments: [{ slug: 'production', parent: 'staging' }, { slug: 'staging', parent: 'development', settings: { require_approval: true } }, { slug: 'development', name: 'Development' }],
    }); // prettier-ignore
    expect((await one.post(IMPORT, flip)).body).toMatchObject({ code: 'import-does-not-fit' });
    expect((await one.post(`${IMPORT}?force=true`, flip)).status).toBe(200);
    const chain = (await one.get('/api/admin/environments/production/chain')).body.items as { slug: string }[];
    expect(chain.map(({ slug }) => slug)).toEqual(['production', 'staging', 'development']);
  });
});
