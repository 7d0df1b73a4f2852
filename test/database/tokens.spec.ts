import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, migrateDown } from '../../src/platform/database/migrations/migrations.js';
import { readMigrations } from '../../src/platform/database/migrations/sql-migration.js';
import { idOf, refusal, TestDatabase } from './support.js';

const BY_ID = '1795132800401-tokens-by-id';

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.create();
  await database.environments({ production: null, staging: 'production', review: 'staging' });
});
afterAll(() => database.drop());

const insert = (name: string, scope: string, rest = '') =>
  database.rows(
    `INSERT INTO flagtree.tokens (name, kind, role, environment_ids, public_id, secret_sha256${rest && ', expires_at'})
     VALUES ('${name}', 'admin', 'viewer', ${scope}, gen_random_uuid()::text, sha256(gen_random_uuid()::text::bytea)${rest && `, ${rest}`})`,
  );

describe('the guards of tokens', () => {
  it('refuse a name that another token in force has, whatever its case, and take it when that one is over', async () => {
    await insert('ci', 'NULL');
    expect((await refusal(insert(' CI ', 'NULL'))).constraint).toBe('uq_tokens_name');
    await insert('short', 'NULL', `now() - interval '1 second'`);
    await insert('short', 'NULL');
    await database.rows(`UPDATE flagtree.tokens SET revoked_at = now() WHERE name = 'ci'`);
    await insert('ci', 'NULL');
    const again = refusal(
      database.rows(`UPDATE flagtree.tokens SET revoked_at = NULL WHERE name = 'ci' AND revoked_at IS NOT NULL`),
    );
    expect((await again).constraint).toBe('uq_tokens_name');
  });

  it('refuse an environment that there is none, so that nobody waits for an id', async () => {
    expect((await refusal(insert('early', `ARRAY[gen_random_uuid()]`))).constraint).toBe('fk_tokens_environments');
  });

  it('keep a second token of the server, and one of less than an admin, out', async () => {
    const own = (role: string) =>
      database.rows(
        `INSERT INTO flagtree.tokens (name, kind, role, is_own, public_id, secret_sha256)
         VALUES ('own ' || gen_random_uuid(), 'admin', '${role}', true, gen_random_uuid()::text, sha256(gen_random_uuid()::text::bytea))`,
      );
    expect((await refusal(own('viewer'))).constraint).toBe('ck_tokens_own_is_an_unlimited_admin');
    await own('admin');
    expect((await refusal(own('admin'))).constraint).toBe('uq_tokens_own');
    expect((await refusal(database.rows('UPDATE flagtree.tokens SET is_own = false WHERE is_own'))).code).toBe('FT003');
  });
});

describe('what a DBA sees', () => {
  it('is the environments of each token by slug, and of those that were deleted in the log as well', async () => {
    await insert('below', `ARRAY[${idOf('staging')}]`);
    await database.rows(`UPDATE flagtree.tokens SET include_descendants = true WHERE name = 'below'`);
    const reached = () =>
      database.rows(`SELECT environment, by FROM flagtree.token_environments WHERE token = 'below' ORDER BY environment`);
    expect(await reached()).toEqual([
      { environment: 'review', by: 'descendant' },
      { environment: 'staging', by: 'named' },
    ]);
    await database.rows(`DELETE FROM flagtree.environments WHERE slug = 'review'`);
    await database.rows(`DELETE FROM flagtree.environments WHERE slug = 'staging'`);
    await database.rows(`INSERT INTO flagtree.environments (slug) VALUES ('staging')`);
    expect(await reached()).toEqual([]);
    const { told } = await database.row<{ told: object }>(
      `SELECT after AS told FROM flagtree.audit_log WHERE table_name = 'tokens' AND after ->> 'name' = 'below' ORDER BY id DESC LIMIT 1`,
    );
    expect(told).toMatchObject({ environments: ['staging'] });
    expect(told).not.toHaveProperty('secret_sha256');
  });
});

describe('tokens from before', () => {
  let old: TestDatabase;
  beforeAll(async () => {
    old = await TestDatabase.create();
    const since = readMigrations().filter(({ name }) => name >= BY_ID).length;
    await migrateDown(old.dataSource, since);
    await old.environments({ production: null, staging: 'production' });
    const tokens: [name: string, kind: string, by: string, scope: string | null][] = [
      ['bootstrap', 'admin', 'token:setup', null],
      ['setup', 'admin', 'token:bootstrap', null],
      ['bootstrap', 'admin', 'token:setup', '{staging}'],
      ['app', 'client', 'token:bootstrap', '{staging,gone}'],
      ['app', 'client', 'token:bootstrap', '{gone}'],
    ];
    for (const [index, [name, kind, by, scope]] of tokens.entries())
      await old.rows(
        `INSERT INTO flagtree.tokens (name, kind, role, environments, created_by, public_id, secret_sha256)
         VALUES ($1, $2::text, CASE WHEN $2::text = 'admin' THEN 'admin' END, $3, $4, $5::text, sha256(convert_to($5::text, 'UTF8')))`,
        [name, kind, scope, by, `t${String(index)}`],
      );
    await migrate(old.dataSource);
  });
  afterAll(() => old.drop());

  it('name the same environments by id, and nothing where a slug is nobody’s; impostors are not the server', async () => {
    const rows = await old.rows(
      `SELECT token.name, token.is_own, ARRAY(SELECT environment.slug FROM flagtree.environments AS environment
                                               WHERE environment.id = ANY (token.environment_ids)) AS slugs,
              token.environment_ids IS NULL AS "all"
         FROM flagtree.tokens AS token ORDER BY token.public_id`,
    );
    expect(rows).toEqual([
      { name: 'bootstrap', is_own: true, slugs: [], all: true },
      { name: 'setup (t1)', is_own: false, slugs: [], all: true },
      { name: 'bootstrap (t2)', is_own: false, slugs: ['staging'], all: false },
      { name: 'app', is_own: false, slugs: ['staging'], all: false },
      { name: 'app (t4)', is_own: false, slugs: [], all: false },
    ]);
    expect(await old.broken()).toEqual([]);
  });
});
