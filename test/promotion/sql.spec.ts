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
const rule = { id: 'r', conditions: [{ attribute: 'plan', operator: 'in', values: ['x'] }], serve: { variant: 'on' } };

interface Compared {
  flag: string;
  field: string;
  from: { value: unknown; source: { kind: string; slug?: string } };
  to: { value: unknown; source: { kind: string; slug?: string } };
}

describe('what a DBA sees', () => {
  beforeAll(async () => {
    const edits = [
      { environment: 'production', enabled: true, rules: [rule] },
      { environment: 'staging', percentage: 12.5, rules: [{ ...rule, id: 's' }], rulesMode: 'append' },
      { environment: 'development', defaultVariant: 'off', offVariant: 'on', rules: [], rulesMode: 'replace' },
    ];
    for (const key of ['db.a', 'db.b', 'db.c']) await api.post(FLAGS, { key });
    for (const [index, edit] of edits.entries()) await api.patch(`${FLAGS}/db.${'abc'[index] ?? 'a'}`, edit);
    for (const edit of edits) await api.patch(`${FLAGS}/db.a`, edit);
  });

  it.each([
    ['development', 'staging'],
    ['staging', 'production'],
    ['production', 'development'],
    ['staging', 'staging'],
  ])('in environment_differences is what the API compares: %s and %s', async (from, to) => {
    const rows = await sql(
      server.databaseUrl,
      `SELECT flag, field, from_value, from_source, to_value, to_source FROM flagtree.environment_differences
        WHERE from_environment = $1 AND to_environment = $2`,
      [from, to],
    );
    const { differences } = (await api.get(`/api/admin/compare?from=${from}&to=${to}`)).body as { differences: Compared[] };
    const told = differences.map((one) => ({
      flag: one.flag,
      field: one.field,
      from_value: one.from.value,
      from_source: one.from.source.slug ?? 'flag',
      to_value: one.to.value,
      to_source: one.to.source.slug ?? 'flag',
    }));
    const byPlace = (a: { flag?: unknown; field?: unknown }, b: { flag?: unknown; field?: unknown }) =>
      `${String(a.flag)} ${String(a.field)}` < `${String(b.flag)} ${String(b.field)}` ? -1 : 1;
    expect(rows.sort(byPlace)).toEqual(told.sort(byPlace));
    if (from !== to) expect(rows.length).toBeGreaterThan(2);
  });

  it('points every promoted row to the promotion that caused it, and only those', async () => {
    const done = await api.post('/api/admin/promotions', {
      flags: ['db.*'],
      from: 'development',
      to: 'production',
      mode: 'resolved',
      prune: true,
    });
    expect(done.body.result).toBe('applied');
    const caused = await sql(
      server.databaseUrl,
      `SELECT flag, environment, table_name FROM flagtree.audit_log WHERE causation_id = $1 ORDER BY id`,
      [done.body.id],
    );
    const rows = caused.filter(({ table_name }) => table_name === 'environment_flags');
    const places = (done.body.changes as { environment: string; flag: string }[]).map(
      ({ environment, flag }) => `${environment}/${flag}`,
    );
    expect(new Set(rows.map(({ flag, environment }) => `${String(environment)}/${String(flag)}`))).toEqual(new Set(places));
    expect(caused.filter(({ table_name }) => table_name === 'promotions')).toHaveLength(1);
    const [own] = await sql(server.databaseUrl, `SELECT entries::int, revision::int FROM flagtree.promotion_log WHERE id = $1`, [
      done.body.id,
    ]);
    expect(own).toEqual({ entries: rows.length, revision: done.body.revision });
  });

  it('cannot change what was done', async () => {
    for (const edit of [
      `UPDATE flagtree.promotions SET plan = '{}'`,
      `UPDATE flagtree.promotions SET actor = 'somebody else'`,
      `DELETE FROM flagtree.promotions`,
    ]) {
      await expect(sql(server.databaseUrl, edit)).rejects.toMatchObject({ code: 'FT004' });
    }
  });

  it('cannot invent a promotion that could not be read or taken back', async () => {
    const invented = (plan: object) =>
      sql(
        server.databaseUrl,
        `INSERT INTO flagtree.promotions (kind, source, targets, flags, mode, fields, prune, plan_id, plan, revision)
         VALUES ('promotion', 'staging', '{production}', '{db.a}', 'override', '{enabled}', false, 'mine', $1, 1)`,
        [JSON.stringify(plan)],
      );
    const [{ plan }] = (await sql(server.databaseUrl, `SELECT plan FROM flagtree.promotions LIMIT 1`)) as [{ plan: object }];
    for (const edit of [{ rows: undefined }, { effect: {} }, { effectTotal: 'all' }, { rows: [{ environment: 'staging' }] }]) {
      await expect(invented({ ...plan, ...edit })).rejects.toMatchObject({ constraint: 'ck_promotions_plan_is_whole' });
    }
    expect((await api.get('/api/admin/promotions')).status).toBe(200);
  });

  it('cannot write a pipeline that nobody can follow', async () => {
    const written = (...steps: object[]) =>
      sql(server.databaseUrl, `INSERT INTO flagtree.pipelines (name, steps) VALUES ('by-hand', $1)`, [JSON.stringify(steps)]);
    const first = { environment: 'development', gates: [] };
    const second = (gate: unknown) => ({ environment: 'staging', gates: [gate] });
    const frozen = (window: object) => ({
      gate: 'frozen-hours',
      timeZone: 'UTC',
      windows: [{ days: ['monday'], from: '22:00', to: '06:00', ...window }],
    });
    for (const gate of [
      { gate: 'unknown' },
      { gate: 'constructor' },
      null,
      {},
      { gate: 'soak', minutes: 'long' },
      { gate: 'soak' },
      { gate: 'frozen-hours' },
      frozen({ days: [1] }),
      frozen({ days: [] }),
      frozen({ from: '24:00' }),
      frozen({ to: 'x' }),
    ]) {
      await expect(written(first, second(gate))).rejects.toMatchObject({ constraint: 'ck_pipelines_gates' });
    }
    await expect(written(first)).rejects.toMatchObject({ constraint: 'ck_pipelines_have_steps' });
    await expect(written(first, { environment: 'nowhere', gates: [] })).rejects.toMatchObject({ code: 'FT007' });
    await written(first, second(frozen({ to: '24:00' })));
    expect((await api.get('/api/admin/pipelines/by-hand')).status).toBe(200);
    await sql(server.databaseUrl, `DELETE FROM flagtree.pipelines WHERE name = 'by-hand'`);
  });

  it('cannot write an instant that no export could tell', async () => {
    for (const instant of ['infinity', '-infinity', '10000-01-01', '0001-12-31 BC']) {
      const written = sql(server.databaseUrl, `UPDATE flagtree.environments SET expires_at = $1 WHERE slug = 'staging'`, [
        instant,
      ]);
      await expect(written).rejects.toMatchObject({ constraint: 'ck_environments_expires_at' });
    }
    expect((await api.get('/api/admin/export')).status).toBe(200);
  });

  it('keeps the audit entries of checks nameable when their environment goes', async () => {
    await api.post('/api/admin/environments', { slug: 'short-lived', parent: 'staging' });
    await api.put(`${FLAGS}/db.a/checks/there`, { environment: 'short-lived', context: {}, variant: 'on' });
    await api.delete('/api/admin/environments/short-lived?force=true');
    const [entry] = await sql(
      server.databaseUrl,
      `SELECT action, flag, environment FROM flagtree.audit_log WHERE table_name = 'checks' ORDER BY id DESC LIMIT 1`,
    );
    expect(entry).toEqual({ action: 'deleted', flag: 'db.a', environment: 'short-lived' });
    expect((await api.get('/api/flags/audit/verify')).body.valid).toBe(true);
  });
});

describe('promotions', () => {
  it('come in pages, newest first, and are filtered by kind and actor', async () => {
    for (const key of ['p.1', 'p.2', 'p.3']) {
      await api.post(FLAGS, { key });
      await api.patch(`${FLAGS}/${key}`, { environment: 'development', enabled: true });
      await api.post(`${FLAGS}/${key}/promote`, { from: 'development', to: 'staging' });
    }
    const first = await api.get('/api/admin/promotions?limit=2');
    expect(first.body.items.map(({ flags }: { flags: string[] }) => flags)).toEqual([['p.3'], ['p.2']]);
    const second = await api.get(`/api/admin/promotions?limit=2&cursor=${String(first.body.nextCursor)}`);
    expect(second.body.items[0].flags).toEqual(['p.1']);
    expect((await api.get('/api/admin/promotions?kind=revert')).body.items).toEqual([]);
    expect((await api.get('/api/admin/promotions?actor=token:bootstrap&flag=p.1')).body.items).toHaveLength(1);
  });

  it('answer a repeated Idempotency-Key with the same promotion', async () => {
    await api.post(FLAGS, { key: 'once' });
    await api.patch(`${FLAGS}/once`, { environment: 'development', enabled: true });
    const post = () =>
      api.post(
        `${FLAGS}/once/promote`,
        { from: 'development', to: 'staging' },
        { headers: { 'idempotency-key': 'promote-once' } },
      );
    const [first, again] = [await post(), await post()];
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await api.get('/api/admin/promotions?flag=once')).body.items).toHaveLength(1);
  });

  it.each([
    ['no source', { to: 'staging' }, 400],
    ['an unknown property', { from: 'development', to: 'staging', force: true }, 400],
    ['an unknown field', { from: 'development', to: 'staging', fields: ['key'] }, 400],
    ['no target', { from: 'development', to: [] }, 400],
    ['an unknown environment', { from: 'development', to: 'nowhere' }, 404],
    ['a context that is none', { from: 'development', to: 'staging', contexts: ['x'] }, 400],
    ['a plan that is none', { from: 'development', to: 'staging', plan: 'x' }, 400],
  ])('are refused with %s', async (_what, body, status) => {
    expect((await api.post(`${FLAGS}/p.1/promote`, body)).status).toBe(status);
  });

  it('are refused for a flag that is not there, or archived', async () => {
    await api.post(FLAGS, { key: 'gone' });
    await api.delete(`${FLAGS}/gone`);
    const body = { from: 'development', to: 'staging' };
    expect(await api.post(`${FLAGS}/gone/promote`, body)).toMatchObject({ status: 404, body: { code: 'flag-archived' } });
    expect(await api.post(`${FLAGS}/never/promote`, body)).toMatchObject({ status: 404, body: { code: 'flag-not-found' } });
  });
});
