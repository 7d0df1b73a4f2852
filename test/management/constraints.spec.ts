import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';

let server: TestServer;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
  await api.post('/api/admin/feature-flags', { key: 'billed', owner: 'ann' });
  await api.post('/api/admin/environments', { slug: 'paid', parent: 'production' });
  await sql(
    server.databaseUrl,
    `ALTER TABLE flagtree.flags ADD CONSTRAINT ck_flags_have_an_owner CHECK (owner IS NOT NULL);
     COMMENT ON CONSTRAINT ck_flags_have_an_owner ON flagtree.flags IS 'Each flag of ours has an owner: say who looks after it.';
     CREATE UNIQUE INDEX uq_flags_of_an_owner ON flagtree.flags (owner) WHERE 'one-only' = ANY (tags);
     COMMENT ON INDEX flagtree.uq_flags_of_an_owner IS 'Who has one flag that is tagged one-only gets no other.';
     CREATE TABLE flagtree.invoices (id uuid PRIMARY KEY DEFAULT flagtree.uuid_v7(), environment_id uuid NOT NULL,
       created_at timestamptz NOT NULL DEFAULT clock_timestamp(), updated_at timestamptz NOT NULL DEFAULT clock_timestamp(), version integer NOT NULL DEFAULT 1,
       CONSTRAINT fk_invoices_environment FOREIGN KEY (environment_id) REFERENCES flagtree.environments (id) ON DELETE RESTRICT);
     COMMENT ON CONSTRAINT fk_invoices_environment ON flagtree.invoices IS 'Invoices name environments: void those of this one first.';
     CALL flagtree.audit_table('flagtree.invoices', 'environment_id')`,
  );
});
afterAll(() => server.stop());

const DEMAND = 'Each flag of ours has an owner: say who looks after it.';
const refused = { status: 422, body: { code: 'refused-by-database', detail: expect.stringContaining(DEMAND) } };

describe('a constraint of the database that refuses a write', () => {
  it('says what it demands by its comment, whichever way the write came', async () => {
    expect(await api.post('/api/admin/feature-flags', { key: 'nobodys' })).toMatchObject(refused);
    expect(await api.patch('/api/admin/feature-flags/billed', { owner: null })).toMatchObject(refused);
    const variants = [true, false].map((value) => ({ key: String(value), value }));
    const states = { format: 'flagtree-states', version: 2, flags: [{ key: 'nobodys', variants }] };
    expect(await api.post('/api/admin/import', states)).toMatchObject(refused);
    const { body: job } = await api.post('/api/admin/import?async=true', states);
    const ofJob = async () => (await api.get(`/api/admin/jobs/${String(job.id)}`)).body;
    await until(async () => (await ofJob()).status === 'failed');
    expect((await ofJob()).problem).toMatchObject(refused.body);
  });

  it('does so for unique indexes and foreign keys', async () => {
    await api.post('/api/admin/feature-flags', { key: 'first', owner: 'bob', tags: ['one-only'] });
    const second = await api.post('/api/admin/feature-flags', { key: 'second', owner: 'bob', tags: ['one-only'] });
    expect(second).toMatchObject({ status: 409, body: { code: 'already-exists' } });
    expect(second.body.detail).toMatch(
      /\(owner\)=\(bob\) already exists\. Who has one flag that is tagged one-only gets no other\.$/,
    );
    await sql(
      server.databaseUrl,
      `INSERT INTO flagtree.invoices (environment_id) SELECT paid.id FROM flagtree.environments AS paid WHERE paid.slug = 'paid'`,
    );
    const deleted = await api.delete('/api/admin/environments/paid');
    expect(deleted).toMatchObject({ status: 409, body: { code: 'still-referenced' } });
    expect(deleted.body.detail).toMatch(/Invoices name environments: void those of this one first\.$/);
  });
});

describe('a table beside ours that is audited', () => {
  it('stands in the audit log like any other, and evaluation and writes go on', async () => {
    const { body } = await api.get('/api/flags/audit?environment=paid');
    const entry = {
      entity: 'invoices',
      change: 'created',
      environment: 'paid',
      user: expect.stringMatching(/^database:/),
    };
    expect(body.items).toContainEqual(expect.objectContaining(entry));
    expect((await api.get('/api/flags/audit/verify')).body).toMatchObject({ valid: true });
    expect((await api.post('/api/feature-flags/evaluate?env=production', { context: {} })).status).toBe(200);
    expect((await api.patch('/api/admin/feature-flags/first', { enabled: true })).status).toBe(200);
  });
});
