import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const FLAGS = '/api/admin/feature-flags';
const override = (environment: string, key: string) => `/api/admin/environments/${environment}/feature-flags/${key}`;

describe('an override', () => {
  it('is put as a whole: what is absent inherits', async () => {
    await api.post(FLAGS, { key: 'put.me' });
    expect((await api.put(override('staging', 'put.me'), { enabled: true, percentage: 10, reason: 'a start' })).status).toBe(201);
    const second = await api.put(override('staging', 'put.me'), { percentage: 20 });
    expect(second).toMatchObject({
      status: 200,
      body: { enabled: null, percentage: 20, rules: null, variants: null, reason: null, rulesMode: 'replace' },
    });
  });

  it('is patched: null inherits, absent stays', async () => {
    await api.post(FLAGS, { key: 'patch.me' });
    await api.patch(`${FLAGS}/patch.me`, { environment: 'staging', enabled: true, percentage: 10, rules: [] });
    await api.patch(`${FLAGS}/patch.me`, { environment: 'staging', percentage: null });
    expect((await api.get(override('staging', 'patch.me'))).body).toMatchObject({ enabled: true, percentage: null, rules: [] });
  });

  it('stores SQL NULL, not JSON null, for what inherits', async () => {
    const rows = await sql(
      server.databaseUrl,
      `SELECT count(*)::int AS wrong FROM flagtree.environment_flags WHERE jsonb_typeof(rules) = 'null' OR jsonb_typeof(variants) = 'null'`,
    );
    expect(rows).toEqual([{ wrong: 0 }]);
    const inherited = await sql(
      server.databaseUrl,
      `SELECT count(*)::int AS n FROM flagtree.environment_flags WHERE variants IS NULL AND rules IS NULL`,
    );
    expect(inherited[0]?.['n']).toBeGreaterThan(0);
  });

  it('tells an explicit empty list from inheriting', async () => {
    await api.post(FLAGS, { key: 'empty.rules', rules: [{ id: 'all', conditions: [], serve: { variant: 'on' } }] });
    await api.patch(`${FLAGS}/empty.rules`, { environment: 'staging', rules: [] });
    const { body } = await api.get(`${FLAGS}/empty.rules?env=development`);
    expect(body.resolved.rules).toMatchObject({
      value: [],
      source: { kind: 'environment', slug: 'staging' },
      state: 'inherited',
    });
  });

  it('that equals what it would inherit is still shown as one', async () => {
    await api.post(FLAGS, { key: 'equal.me' });
    await api.patch(`${FLAGS}/equal.me`, { environment: 'staging', enabled: false });
    expect((await api.get(`${FLAGS}/equal.me?env=staging`)).body.resolved.enabled.state).toBe('overridden-equal');
  });

  it('is removed, and the environment inherits again', async () => {
    expect((await api.delete(override('staging', 'equal.me'))).status).toBe(204);
    expect(await api.get(override('staging', 'equal.me'))).toMatchObject({ status: 404, body: { code: 'override-not-found' } });
    expect((await api.get(`${FLAGS}/equal.me?env=staging`)).body.resolved.enabled.state).toBe('inherited');
  });

  it('is listed with the others of its environment', async () => {
    const { body } = await api.get('/api/admin/environments/staging/feature-flags');
    expect(body.items.map(({ flag }: { flag: string }) => flag)).toEqual(['empty.rules', 'patch.me', 'put.me']);
  });

  it('refuses what belongs to the base', async () => {
    const answer = await api.patch(`${FLAGS}/put.me`, { environment: 'staging', tags: ['x'] });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/tags', code: 'unknown-property' }] } });
  });

  it('is refused when it would break a descendant, which is named', async () => {
    await api.post(FLAGS, { key: 'descend' });
    await api.patch(`${FLAGS}/descend`, {
      environment: 'development',
      rules: [{ id: 'r', conditions: [], serve: { variant: 'off' } }],
    });
    const answer = await api.patch(`${FLAGS}/descend`, {
      environment: 'staging',
      variants: [{ key: 'on', value: true }],
      offVariant: 'on',
    });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ environment: 'development', flag: 'descend', field: 'rules' }]);
  });
});

describe('a dry run', () => {
  it('tells the full effect on descendants and changes nothing', async () => {
    await api.post(FLAGS, { key: 'try.me' });
    const before = await api.get(`${FLAGS}/try.me?env=development`);
    const planned = await api.patch(`${FLAGS}/try.me?dryRun=true`, { enabled: true, environment: 'staging' });
    expect(planned.body).toMatchObject({
      dryRun: true,
      effect: [
        { environment: 'staging', flag: 'try.me', field: 'enabled', before: false, after: true },
        { environment: 'development', flag: 'try.me', field: 'enabled', before: false, after: true },
      ],
      preview: { environment: 'staging', enabled: true, base: { enabled: false } },
    });
    const after = await api.get(`${FLAGS}/try.me?env=development`);
    expect(after.body).toEqual(before.body);
  });

  it('refuses what the write would refuse', async () => {
    expect((await api.patch(`${FLAGS}/try.me?dryRun=true`, { defaultVariant: 'nope' })).status).toBe(422);
    expect((await api.patch(`${FLAGS}/try.me?dryRun=maybe`, { enabled: true })).status).toBe(400);
  });
});
