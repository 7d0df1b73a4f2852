import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { everything, statesDocument, variants } from './documents.js';

const IMPORT = '/api/admin/import';

let server: Server;
let admin: Api;

beforeAll(async () => {
  server = await startServer({ env: { FLAGTREE_IMPORT_LIMIT: '2mb' } });
  admin = await Api.of(server.url, server.adminToken);
  await admin.post('/api/admin/feature-flags', { key: 'here' });
  await admin.post('/api/admin/feature-flags', { key: 'archived' });
  await admin.delete('/api/admin/feature-flags/archived');
});
afterAll(() => server.stop());

const revision = async () => Number((await sql(server.databaseUrl, 'SELECT revision FROM flagtree.ledger'))[0]?.['revision']);
const flag = (fields: object) =>
  statesDocument({
    flags: [
      { key: 'ok', variants },
      { key: 'bad', variants, ...fields },
    ],
  });
const override = (fields: object) => statesDocument({ overrides: [{ environment: 'staging', flag: 'here', ...fields }] });

async function refused(document: unknown, query = '') {
  const before = await revision();
  const answer = await admin.post(IMPORT + query, document);
  expect(await revision()).toBe(before);
  return {
    status: answer.status,
    code: answer.body.code as string,
    errors: ((answer.body.errors ?? []) as { pointer: string; code: string }[]).map(({ pointer, code }) => [pointer, code]),
  };
}

describe('a document that is not one', () => {
  it.each([
    ['no format', {}, [['/format', 'unknown-format'], ['/version', 'unknown-version']]],
    ['a newer version', { format: 'flagtree-states', version: 3 }, [['/version', 'unknown-version']]],
    ['an unknown section', statesDocument({ flag: [] }), [['/flag', 'unknown-property']]],
    ['a section that is no list', statesDocument({ flags: { key: 'x' } }), [['/flags', 'wrong-type']]],
    ['items that are no objects', statesDocument({ flags: [null, 'x', []] }), [['/flags/0', 'wrong-type'], ['/flags/1', 'wrong-type'], ['/flags/2', 'wrong-type']]],
    ['a selection that is none', statesDocument({ selection: { flags: 'x', env: [] } }), [['/selection/flags', 'wrong-type'], ['/selection/env', 'unknown-property']]],
  ])('is refused with %s', async (_what, document, errors) => {
    expect(await refused(document)).toEqual({ status: 400, code: 'invalid-document', errors });
  }); // prettier-ignore

  it.each([
    ['a file that was cut off', JSON.stringify(everything).slice(0, 500), 'invalid-json'],
    ['a list', '[]', 'invalid-request'],
    ['a repeated key', '{"format":"flagtree-states","version":1,"flags":[],"flags":[]}', 'invalid-json'],
    [
      'a key that would reach the prototype',
      '{"format":"flagtree-states","version":1,"flags":[{"__proto__":{"x":1}}]}',
      'invalid-json',
    ],
    ['a NUL', '{"format":"flagtree-states","version":1,"flags":[{"key":"a\\u0000"}]}', 'invalid-json'],
    ['half a surrogate pair', '{"format":"flagtree-states","version":1,"flags":[{"key":"x","name":"\\ud800"}]}', 'invalid-json'],
    [
      'a number that loses digits',
      '{"format":"flagtree-states","version":1,"flags":[{"key":"x","variants":[{"key":"a","value":12345678901234567890}]}]}',
      'invalid-json',
    ],
    [
      'a number that is none',
      '{"format":"flagtree-states","version":1,"flags":[{"key":"x","percentage":1e999}]}',
      'invalid-json',
    ],
    ['a hundred thousand levels', `{"flags":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'json-too-deep'],
  ])('is refused with %s', async (_what, text, code) => {
    expect(await refused(text)).toMatchObject({ status: 400, code });
  });

  it('is refused beyond the limit of imports, not that of other bodies', async () => {
    const document = JSON.stringify(statesDocument({ segments: [{ key: 'long', description: 'x' }] }));
    const padded = (bytes: number) => document.padEnd(bytes);
    expect((await admin.post(`${IMPORT}?dryRun=true`, padded(1_500_000))).status).toBe(200);
    expect(await refused(padded(2_500_000))).toMatchObject({ status: 413, code: 'body-too-large' });
    expect((await admin.post('/api/admin/feature-flags', { key: 'x', description: 'x'.repeat(1_100_000) })).status).toBe(413);
  });
});

describe('an item that is half broken', () => {
  it.each([
    ['an unknown property', flag({ enabeld: true }), [['/flags/1/enabeld', 'unknown-property']]],
    ['a key that is none', statesDocument({ flags: [{ key: '../x', variants }] }), [['/flags/0/key', 'matches']]],
    ['no key', statesDocument({ flags: [{ variants }] }), [['/flags/0/key', 'required']]],
    ['null for a list', flag({ rules: null, tags: null }), [['/flags/1/rules', 'wrong-type'], ['/flags/1/tags', 'wrong-type']]],
    ['a percentage beyond 100', flag({ percentage: 100.001 }), [['/flags/1/percentage', 'out-of-range']]],
    ['variants of another type', flag({ type: 'string' }), [['/flags/1/variants/0/value', 'wrong-type'], ['/flags/1/variants/1/value', 'wrong-type']]],
    ['a bad rule', flag({ rules: [{ id: 'r', conditions: [{ attribute: 'a', operator: 'like', values: ['x'] }], serve: { variant: 'on' } }] }), [['/flags/1/rules/0/conditions/0/operator', expect.any(String)]]],
    ['a bad regular expression', flag({ rules: [{ id: 'r', conditions: [{ attribute: 'a', operator: 'matches', values: ['('] }], serve: { variant: 'on' } }] }), [['/flags/1/rules/0/conditions/0/values/0', expect.any(String)]]],
    ['a moment that is none', flag({ expiresAt: '2026-13-01T00:00:00Z' }), [['/flags/1/expiresAt', 'invalid-instant']]],
    ['the same twice', statesDocument({ flags: [{ key: 'a', variants }, { key: 'a', variants }] }), [['/flags/1', 'duplicate']]],
    ['an override told twice', statesDocument({ overrides: [{ environment: 'staging', flag: 'here' }, { flag: 'here', environment: 'staging', enabled: true }] }), [['/overrides/1', 'duplicate']]],
    ['an override with a bad mode', override({ rulesMode: 'before' }), [['/overrides/0/rulesMode', 'is-in']]],
    ['a member of version 2 in version 1', statesDocument({ environments: [{ slug: 'x', aliases: ['y'] }] }), [['/environments/0/aliases', 'unknown-property']]],
    ['a URL that is none', statesDocument({ version: 2, environments: [{ slug: 'x', url: 'x' }] }), [['/environments/0/url', 'bad-url']]],
    ['an environment with a near miss of a setting', statesDocument({ environments: [{ slug: 'x', settings: { Protected: true } }] }), [['/environments/0/settings/Protected', 'misspelt-setting']]],
    ['bad conditions of a segment', statesDocument({ segments: [{ key: 's', conditions: [{ any: {} }] }] }), [['/segments/0/conditions/0/any', 'wrong-type']]],
  ])('is refused with %s, and all others with it', async (_what, document, errors) => {
    expect(await refused(document)).toEqual({ status: 400, code: 'invalid-document', errors });
    expect((await admin.get('/api/admin/feature-flags/ok')).status).toBe(404);
  }); // prettier-ignore

  it('is refused by an import as by the route that edits one thing', async () => {
    const bad = [{ percentage: 0.0001 }, { variants: [{ key: 'on' }] }, { tags: ['a', 'a'] }, { salt: '' }, { owner: 7 }, { prerequisites: [{ flag: 'x' }] }, { enabled: 'false' }, { name: '' }, { permanent: null }]; // prettier-ignore
    for (const fields of bad) {
      const alone = await admin.post('/api/admin/feature-flags?dryRun=true', { key: 'bad', variants, ...fields });
      const imported = await admin.post(`${IMPORT}?dryRun=true`, flag(fields));
      expect([fields, [400, 422].includes(alone.status), [400, 422].includes(imported.status)]).toEqual([fields, true, true]);
    }
  });

  it('is told a hundred times at most', async () => {
    const flags = Array.from({ length: 5_000 }, (_, index) => ({ key: `f${String(index)}`, wrong: true }));
    const { errors } = await refused(statesDocument({ flags }));
    expect(errors).toHaveLength(100);
  });
});

describe('a document that does not fit what is stored', () => {
  it.each([
    ['an override of no flag', override({ flag: 'nope' }), [['/overrides/0/flag', 'flag-not-found']]],
    ['an override in no environment', override({ environment: 'mars' }), [['/overrides/0/environment', 'environment-not-found']]],
    ['a parent that is not there', statesDocument({ environments: [{ slug: 'x', parent: 'mars' }] }), [['/environments/0/parent', 'environment-not-found']]],
    ['an alias that is a slug here', statesDocument({ version: 2, environments: [{ slug: 'x', aliases: ['free', 'production'] }] }), [['/environments/0/aliases/1', 'name-taken']]],
    ['a slug that is an alias here', statesDocument({ environments: [{ slug: 'prod' }] }), [['/environments/0/slug', 'name-taken']]],
    ['an alias of two environments', statesDocument({ version: 2, environments: [{ slug: 'x', aliases: ['one'] }, { slug: 'y', aliases: ['one'] }] }), [['/environments/0/aliases/0', 'name-taken'], ['/environments/1/aliases/0', 'name-taken']]],
    ['an override under two names', statesDocument({ flags: [{ key: 'f', variants: [], defaultVariant: null }], overrides: [{ flag: 'f', environment: 'prod' }, { flag: 'f', environment: 'production' }] }), [['/overrides/1', 'duplicate']]],
    ['a cycle', statesDocument({ environments: [{ slug: 'x', parent: 'y' }, { slug: 'y', parent: 'x' }] }), [['/environments/0/parent', 'environment-cycle'], ['/environments/1/parent', 'environment-cycle']]],
    ['a tree too deep', statesDocument({ environments: Array.from({ length: 11 }, (_, n) => ({ slug: `d${String(n)}`, parent: n === 0 ? null : `d${String(n - 1)}` })) }), [['/environments/10/parent', 'environment-too-deep']]],
    ['another type', statesDocument({ flags: [{ key: 'here', type: 'json', variants: [{ key: 'a', value: {} }] }] }), [['/flags/0/type', 'immutable-field']]],
    ['an archived key', statesDocument({ flags: [{ key: 'archived', variants }] }), [['/flags/0', 'flag-archived']]],
  ])('is refused with %s', async (_what, document, errors) => {
    expect(await refused(document)).toEqual({ status: 422, code: 'import-does-not-fit', errors });
  }); // prettier-ignore

  it('is refused for flags that would not be valid where they are resolved, by the check of every write', async () => {
    const answer = await refused(
      statesDocument({
        flags: [
          { key: 'a', variants, defaultVariant: 'nope' },
          { key: 'b', variants, prerequisites: [{ flag: 'c', variants: ['x'] }] },
        ],
      }),
    );
    expect(answer).toMatchObject({ status: 422, code: 'invalid-flag' });
    expect(new Set(answer.errors.map(([pointer]) => pointer))).toEqual(
      new Set(['/flags/0/defaultVariant', '/flags/1/prerequisites/0/flag']),
    );
    expect(await refused(override({ variants: [{ key: 'on', value: 'text' }] }))).toMatchObject({
      status: 422,
      code: 'invalid-flag',
    });
  });

  it('is taken with force where only that is missing', async () => {
    expect((await admin.post(`${IMPORT}?force=true`, statesDocument({ flags: [{ key: 'archived', variants }] }))).status).toBe(
      200,
    );
    expect((await admin.get('/api/admin/feature-flags/archived')).body.archivedAt).toBeNull();
  });
});

describe('who may import', () => {
  it('is who may write all that it changes', async () => {
    await admin.post('/api/admin/environments', { slug: 'vault', settings: { protected: true } });
    const token = await admin.post('/api/admin/tokens', { name: 'dev', kind: 'admin', role: 'developer' });
    const developer = admin.as(token.body.token as string);
    const reader = admin.as(
      (await admin.post('/api/admin/tokens', { name: 'viewer', kind: 'admin', role: 'viewer' })).body.token as string,
    );
    const inVault = statesDocument({ overrides: [{ environment: 'vault', flag: 'here', enabled: true }] });
    for (const query of ['', '?dryRun=true']) {
      expect(await developer.post(IMPORT + query, inVault)).toMatchObject({
        status: 403,
        body: { code: 'environment-protected' },
      });
      expect(await developer.post(IMPORT + query, statesDocument({ environments: [{ slug: 'root' }] }))).toMatchObject({
        status: 403,
        body: { code: 'role-too-low' },
      });
      expect(await developer.post(IMPORT + query, statesDocument({ environments: [{ slug: 'vault' }] }))).toMatchObject({
        status: 403,
      });
      expect(await reader.post(IMPORT + query, statesDocument())).toMatchObject({ status: 403 });
    }
    expect((await developer.post(IMPORT, statesDocument({ flags: [{ key: 'new', variants }] }))).status).toBe(200);
    expect((await admin.post(IMPORT, inVault)).status).toBe(200);
  });
});
