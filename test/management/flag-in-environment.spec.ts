import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: Server;
let api: Api;

const FLAGS = '/api/admin/feature-flags';
const BETA = [{ id: 'beta', conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }], serve: { variant: 'on' } }];
const etagOf = (answer: Answer) => answer.headers.get('etag') ?? '';
const override = (environment: string, key: string) => `/api/admin/environments/${environment}/feature-flags/${key}`;
interface Column {
  environment: string;
  enabled: boolean;
  resolved: { enabled: { state: string } };
  override: { enabled: boolean | null; rules: unknown } | null;
  effectiveOverride: { environment: string } | null;
}
const ifMatch = (etag: string) => ({ headers: { 'if-match': etag } });

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
  await api.post(FLAGS, { key: 'ui.dark_mode', description: 'Dark colours' });
  await api.patch(`${FLAGS}/ui.dark_mode`, { environment: 'staging', enabled: true, reason: 'first look' });
  await api.patch(`${FLAGS}/ui.dark_mode`, { environment: 'development', rules: BETA });
});
afterAll(() => server.stop());

describe('a flag in an environment', () => {
  it('has the fields that hold there at the top, its overrides, its base, and where each field comes from [000-14]', async () => {
    const { body } = await api.get(`${FLAGS}/ui.dark_mode?env=development`);
    const own = { enabled: null, percentage: null, rules: BETA, rulesMode: 'replace', variants: null, version: 1 };
    expect(body).toMatchObject({
      key: 'ui.dark_mode',
      description: 'Dark colours',
      enabled: true,
      percentage: 100,
      rules: BETA,
      version: 1,
      environment: 'development',
      resolved: {
        enabled: { value: true, source: { kind: 'environment', slug: 'staging' }, state: 'inherited' },
        rules: { value: BETA, state: 'overridden', sources: [{ kind: 'environment', slug: 'development' }] },
      },
      override: own,
      effectiveOverride: { environment: 'development', ...own },
    });
    expect(body.base).toEqual({
      enabled: false,
      percentage: 100,
      rules: [],
      variants: body.variants,
      defaultVariant: 'on',
      offVariant: 'off',
      version: 1,
    });
  });

  it('is what an edit that names an environment answers [000-14]', async () => {
    await api.post(FLAGS, { key: 'edited' });
    const edit = { environment: 'staging', enabled: true, percentage: 10 };
    const { status, body, headers } = await api.patch(`${FLAGS}/edited`, edit);
    expect([status, body]).toMatchObject([200, { enabled: true, percentage: 10, base: { enabled: false, percentage: 100 } }]);
    const read = await api.get(`${FLAGS}/edited?env=staging`);
    expect(body).toEqual(read.body);
    expect(headers.get('etag')).toBe(etagOf(read));
    const off = await api.patch(`${FLAGS}/edited`, { environment: 'staging', enabled: null, percentage: null });
    expect(off.body).toMatchObject({ enabled: false, percentage: 100, override: { enabled: null, version: 2 } });
  });

  it('names the nearest override on the chain, or none [002-62]', async () => {
    await api.post(FLAGS, { key: 'nearest' });
    await api.patch(`${FLAGS}/nearest`, { environment: 'production', percentage: 5 });
    await api.patch(`${FLAGS}/nearest`, { environment: 'staging', enabled: true, reason: 'beta test' });
    const nearest = async (environment: string) => {
      const { body } = await api.get(`${FLAGS}/nearest?env=${environment}`);
      return [body.override?.reason, body.effectiveOverride?.environment, body.effectiveOverride?.enabled, body.percentage];
    };
    expect(await nearest('production')).toEqual([null, 'production', null, 5]);
    expect(await nearest('staging')).toEqual(['beta test', 'staging', true, 5]);
    expect(await nearest('development')).toEqual([undefined, 'staging', true, 5]);
    await api.post(FLAGS, { key: 'plain' });
    const plain = await api.get(`${FLAGS}/plain?env=development`);
    expect(plain.body).toMatchObject({ override: null, effectiveOverride: null });
  });

  it('is the base where no environment is asked for: no more than before', async () => {
    const { body } = await api.get(`${FLAGS}/ui.dark_mode`);
    const ofAnEnvironment = ['environment', 'resolved', 'override', 'effectiveOverride', 'base', 'environments'];
    expect(Object.keys(body as object).filter((name) => ofAnEnvironment.includes(name))).toEqual([]);
    expect(body.enabled).toBe(false);
  });

  it('is an item of the list with env, less its provenance', async () => {
    const { resolved: _resolved, ...item } = (await api.get(`${FLAGS}/ui.dark_mode?env=development`)).body;
    const { body } = await api.get(`${FLAGS}?env=development&search=dark_mode`);
    expect(body.items).toEqual([{ ...item, revision: body.items[0].revision }]);
  });
});

describe('If-Match of a write that names an environment', () => {
  it('is held against the flag as it is there, and is refused with it: whatever changed in it', async () => {
    await api.post(FLAGS, { key: 'seen' });
    await api.patch(`${FLAGS}/seen`, { environment: 'development', percentage: 50 });
    const changes: [string, object][] = [
      ['the base', { description: 'another' }],
      ['what it inherits', { environment: 'staging', enabled: true }],
      ['its own override', { environment: 'development', percentage: 60 }],
    ];
    for (const [what, change] of changes) {
      const seen = etagOf(await api.get(`${FLAGS}/seen?env=development`));
      expect((await api.patch(`${FLAGS}/seen`, change)).status).toBe(200);
      const refused = await api.patch(`${FLAGS}/seen`, { environment: 'development', percentage: 70 }, ifMatch(seen));
      const now = await api.get(`${FLAGS}/seen?env=development`);
      expect([what, refused.status, refused.body.code]).toEqual([what, 412, 'stale-version']);
      expect({ ...refused.body.current, revision: 0 }).toEqual({ ...now.body, revision: 0 });
      expect(etagOf(refused)).toBe(etagOf(now));
    }
    const seen = etagOf(await api.get(`${FLAGS}/seen?env=development`));
    const edit = { environment: 'development', percentage: 70 };
    expect((await api.patch(`${FLAGS}/seen`, edit, ifMatch(seen))).body.percentage).toBe(70);
  });

  it('is not troubled by what happens in other environments', async () => {
    await api.post(FLAGS, { key: 'apart' });
    const seen = etagOf(await api.get(`${FLAGS}/apart?env=staging`));
    await api.patch(`${FLAGS}/apart`, { environment: 'development', enabled: true });
    expect((await api.put(override('staging', 'apart'), { percentage: 5 }, ifMatch(seen))).status).toBe(201);
  });
});

describe('one flag in every environment', () => {
  const everywhere = (key: string, query = '') => api.get(`${FLAGS}/${key}/environments${query}`);

  it('is one answer with every override and every resolved value [002-72]', async () => {
    const { status, body } = await everywhere('ui.dark_mode');
    expect([status, body.key, body.base.enabled, body.nextCursor]).toEqual([200, 'ui.dark_mode', false, null]);
    const rows = body.items.map(({ environment, enabled, resolved, override: own, effectiveOverride }: Column) => [
      environment,
      enabled,
      resolved.enabled.state,
      own?.enabled,
      own?.rules,
      effectiveOverride?.environment,
    ]);
    expect(rows).toEqual([
      ['development', true, 'inherited', null, BETA, 'development'],
      ['production', false, 'inherited', undefined, undefined, undefined],
      ['staging', true, 'overridden', true, null, 'staging'],
    ]);
  });

  it('has in each place what the flag is there', async () => {
    const { items } = (await everywhere('ui.dark_mode')).body;
    for (const item of items) {
      expect((await api.get(`${FLAGS}/ui.dark_mode?env=${item.environment as string}`)).body).toMatchObject(item);
    }
  });

  it('comes in pages, as lists do, and as it was at a past moment', async () => {
    const first = (await everywhere('ui.dark_mode', '?limit=2')).body;
    const second = (await everywhere('ui.dark_mode', `?limit=2&cursor=${first.nextCursor as string}`)).body;
    const slugs = [first, second].map(({ items }) => items.map(({ environment }: { environment: string }) => environment));
    expect([slugs, second.nextCursor]).toEqual([[['development', 'production'], ['staging']], null]);
    const { body } = await api.patch(`${FLAGS}/ui.dark_mode`, { environment: 'production', enabled: true });
    const before = (await everywhere('ui.dark_mode', `?at=${String(body.revision - 1)}`)).body;
    expect(before.items[1]).toMatchObject({ environment: 'production', enabled: false, override: null });
  });

  it('is refused for a flag that is not there, and found for an archived one', async () => {
    expect(await everywhere('nowhere')).toMatchObject({ status: 404, body: { code: 'flag-not-found' } });
    await api.post(FLAGS, { key: 'gone' });
    await api.delete(`${FLAGS}/gone`);
    expect((await everywhere('gone')).body.items).toHaveLength(3);
  });

  it('shows the environments beside a cycle of the tree, and says why those on it have no values', async () => {
    await api.post('/api/admin/environments', { slug: 'ring-a', parent: 'production' });
    await api.post('/api/admin/environments', { slug: 'ring-b', parent: 'ring-a' });
    await api.patch(`${FLAGS}/ui.dark_mode`, { environment: 'ring-a', enabled: false });
    await sql(
      server.databaseUrl,
      `ALTER TABLE flagtree.environments DISABLE TRIGGER t5_guard_tree;
       UPDATE flagtree.environments SET parent_id = (SELECT id FROM flagtree.environments WHERE slug = 'ring-b') WHERE slug = 'ring-a';
       ALTER TABLE flagtree.environments ENABLE TRIGGER t5_guard_tree`,
    );
    const { status, body } = await everywhere('ui.dark_mode');
    const items = Object.fromEntries((body.items as { environment: string }[]).map((item) => [item.environment, item]));
    expect([status, Object.keys(items)]).toEqual([200, ['development', 'production', 'ring-a', 'ring-b', 'staging']]);
    expect(items['ring-a']).toEqual({
      environment: 'ring-a',
      override: expect.objectContaining({ enabled: false }),
      error: { code: 'environment-cycle', detail: expect.stringContaining('ring-a → ring-b → …') },
    });
    expect(items['staging']).toMatchObject({ enabled: true });
  });
});
