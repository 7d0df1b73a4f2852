import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { migrate } from '../../src/platform/database/migrations/migrations.js';
import { Api } from '../support/api.js';
import { createDataDirectory, removeDataDirectory } from '../support/data-directory.js';
import { startServer } from '../support/server.js';
import { onServer } from '../support/database.js';
import { refusal, TestDatabase } from './support.js';

const GROUPS = ['flagtree_owner', 'flagtree_app', 'flagtree_readonly'];
const rolesSql = readFileSync(new URL('../../sql/roles.sql', import.meta.url), 'utf8');

let database: TestDatabase;
let made: string[];
const logins = new Map<string, { user: string; password: string }>();
let app: pg.Client;
let reader: pg.Client;

beforeAll(async () => {
  database = await TestDatabase.create();
  const existing = await database.rows<{ name: string }>('SELECT role.rolname AS name FROM pg_roles AS role');
  made = GROUPS.filter((group) => !existing.some(({ name }) => name === group));
  await database.rows(rolesSql);
  for (const group of GROUPS) {
    const login = { user: `${group}_${randomBytes(4).toString('hex')}`, password: randomBytes(8).toString('hex') };
    await database.rows(`CREATE ROLE ${login.user} LOGIN PASSWORD '${login.password}' IN ROLE ${group}`);
    logins.set(group, login);
  }
  app = await database.session(logins.get('flagtree_app'));
  reader = await database.session(logins.get('flagtree_readonly'));
});

afterAll(async () => {
  await database.drop();
  await onServer(async (server) => {
    for (const role of [...Array.from(logins.values(), ({ user }) => user), ...made])
      await server.query(`DROP ROLE IF EXISTS ${role}`);
  });
});

const userOf = (group: string) => logins.get(group)?.user;

describe('roles.sql', () => {
  it('may be run again', async () => {
    await database.rows(rolesSql);
  });
});

describe('flagtree_app', () => {
  it('writes everything of the domain, audited with its own name as the database user', async () => {
    await app.query('BEGIN');
    await app.query(`SELECT flagtree.open_change(), set_config('flagtree.actor', 'ann', true)`);
    await app.query(`INSERT INTO flagtree.environments (slug) VALUES ('production'), ('staging')`);
    await app.query(`INSERT INTO flagtree.flags (key) VALUES ('checkout')`);
    await app.query(`INSERT INTO flagtree.segments (key) VALUES ('beta')`);
    await app.query(
      `INSERT INTO flagtree.environment_flags (environment_id, flag_id) SELECT environment.id, flag.id FROM flagtree.environments AS environment, flagtree.flags AS flag`,
    );
    await app.query(
      `UPDATE flagtree.environments SET parent_id = (SELECT root.id FROM flagtree.environments AS root WHERE root.slug = 'production') WHERE slug = 'staging'`,
    );
    await app.query(
      `INSERT INTO flagtree.tokens (name, kind, role, public_id, secret_sha256) VALUES ('t', 'admin', 'admin', 't', sha256('t'))`,
    );
    await app.query(
      `INSERT INTO flagtree.token_usage (token_id, last_used_at) SELECT token.id, now() FROM flagtree.tokens AS token`,
    );
    await app.query(
      `INSERT INTO flagtree.idempotency_keys (token_id, key, method_path, request_hash) VALUES (gen_random_uuid(), 'k', 'POST /', 'x')`,
    );
    await app.query(`DELETE FROM flagtree.environments WHERE slug = 'staging'`);
    await app.query('COMMIT');
    const { rows } = await app.query(
      'SELECT DISTINCT entry.revision::int, entry.actor, entry.db_user FROM flagtree.audit_entries AS entry',
    );
    expect(rows).toEqual([{ revision: 1, actor: 'ann', db_user: userOf('flagtree_app') }]);
    expect((await app.query('SELECT resolved.flag FROM flagtree.resolved_flags AS resolved')).rows).toEqual([
      { flag: 'checkout' },
    ]);
    expect(await database.broken()).toEqual([]);
  });

  it.each([
    'UPDATE flagtree.audit_entries SET actor = actor',
    'DELETE FROM flagtree.audit_entries',
    'TRUNCATE flagtree.audit_entries',
    'INSERT INTO flagtree.audit_entries SELECT * FROM flagtree.audit_entries',
    'UPDATE flagtree.ledger SET revision = 0',
    'DELETE FROM flagtree.ledger',
    'SELECT 1 FROM flagtree.ledger FOR UPDATE',
    'TRUNCATE flagtree.flags CASCADE',
    'DELETE FROM flagtree.schema_migrations',
    'CREATE TABLE flagtree.mine ()',
    'DROP TABLE flagtree.flags',
    'ALTER TABLE flagtree.flags DISABLE TRIGGER ALL',
    'ALTER TABLE flagtree.flags ADD COLUMN mine integer',
    'DROP FUNCTION flagtree.write_entries() CASCADE',
    'SET session_replication_role = replica',
  ])('may not: %s', async (statement) => {
    expect((await refusal(app.query(statement))).code).toBe('42501');
  });

  it.each(['write_entries', 'delete_overrides', 'lock_ledger', 'guard_tree'])(
    'may not lend the rights of %s to a table of its own, and so forge or delete',
    async (name) => {
      await app.query('CREATE TEMPORARY TABLE IF NOT EXISTS environments (LIKE flagtree.environments)');
      const statement = `CREATE TRIGGER forged AFTER INSERT ON pg_temp.environments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flagtree.${name}()`;
      expect((await refusal(app.query(statement))).code).toBe('42501');
    },
  );

  it('starts on a database that is migrated already, without any right to migrate it', async () => {
    const { user, password } = logins.get('flagtree_app') as { user: string; password: string };
    const url = new URL(database.url);
    [url.username, url.password] = [user, password];
    const dataSource = await new DataSource({ type: 'postgres', url: url.href, poolSize: 1 }).initialize();
    expect(await migrate(dataSource)).toEqual({ applied: [] });
    await dataSource.destroy();
  });
});

describe('flagtree_readonly', () => {
  it('reads the tables and views, and verifies the log', async () => {
    for (const view of ['environments', 'flags', 'resolved_flags', 'environment_chains', 'audit_log', 'ledger']) {
      expect((await reader.query(`SELECT * FROM flagtree.${view}`)).rows.length).toBeGreaterThan(0);
    }
    expect((await reader.query('SELECT token.name, token.role FROM flagtree.tokens AS token')).rows).toEqual([
      { name: 't', role: 'admin' },
    ]);
    expect((await reader.query('SELECT * FROM flagtree.verify_audit()')).rows).toEqual([]);
  });

  it.each([
    `INSERT INTO flagtree.flags (key) VALUES ('x')`,
    'UPDATE flagtree.flags SET enabled = true',
    'DELETE FROM flagtree.flags',
    'SELECT flagtree.open_change()',
    'SELECT token.secret_sha256 FROM flagtree.tokens AS token',
    'SELECT entry.after FROM flagtree.audit_entries AS entry',
    'SELECT stored.body FROM flagtree.idempotency_keys AS stored',
  ])('may not: %s', async (statement) => {
    expect((await refusal(reader.query(statement))).code).toBe('42501');
  });
});

describe('flagtree_owner', () => {
  it('migrates, though it is no superuser and does not own the database', async () => {
    const empty = await TestDatabase.create({ migrated: false });
    const { user, password } = logins.get('flagtree_owner') as { user: string; password: string };
    const url = new URL(empty.url);
    [url.username, url.password] = [user, password];
    const dataSource = await new DataSource({ type: 'postgres', url: url.href, poolSize: 1 }).initialize();
    try {
      await empty.rows(`GRANT CREATE ON DATABASE ${empty.name} TO flagtree_owner`);
      expect((await migrate(dataSource)).applied.length).toBeGreaterThan(0);
      await empty.flag('checkout');
      expect(await empty.broken()).toEqual([]);
      const { search_path } = await empty.row<{ search_path: string }>('SHOW search_path');
      expect(search_path).toBe('"$user", public');
    } finally {
      await dataSource.destroy();
      await empty.drop();
    }
  });
});

describe('a server with a login for migrations', () => {
  const urlOf = (database: TestDatabase, group: string) => {
    const url = new URL(database.url);
    const { user, password } = logins.get(group) as { user: string; password: string };
    [url.username, url.password] = [user, password];
    return url.href;
  };

  it('migrates with it, works with the other, and starts again so', async () => {
    const empty = await TestDatabase.create({ migrated: false });
    await empty.rows(`GRANT CREATE ON DATABASE ${empty.name} TO flagtree_owner`);
    const env = {
      DATABASE_URL: urlOf(empty, 'flagtree_app'),
      FLAGTREE_MIGRATION_DATABASE_URL: urlOf(empty, 'flagtree_owner'),
    };
    const dataDirectory = createDataDirectory();
    try {
      for (const key of ['first', 'second']) {
        const server = await startServer({ env, dataDirectory });
        const api = await Api.of(server.url, server.adminToken);
        expect((await api.post('/api/admin/feature-flags', { key })).status).toBe(201);
        const sessions = await empty.rows(
          `SELECT DISTINCT activity.usename AS login FROM pg_stat_activity AS activity WHERE activity.application_name LIKE 'flagtree/%' AND activity.datname = current_database()`,
        );
        expect(sessions).toEqual([{ login: userOf('flagtree_app') }]);
        expect(server.logs()).not.toContain('owns its tables');
        await server.stop();
      }
      const owners = await empty.rows(
        `SELECT DISTINCT tables.tableowner AS owner FROM pg_tables AS tables WHERE tables.schemaname = 'flagtree'`,
      );
      expect(owners).toEqual([{ owner: 'flagtree_owner' }]);
      const session = await empty.session(logins.get('flagtree_app'));
      expect((await refusal(session.query('ALTER TABLE flagtree.audit_entries DISABLE TRIGGER ALL'))).code).toBe('42501');
    } finally {
      removeDataDirectory(dataDirectory);
      await empty.drop();
    }
  });

  it('is warned of the lack of it', async () => {
    const server = await startServer();
    try {
      expect(server.logs()).toContain('The login of DATABASE_URL owns its tables');
    } finally {
      await server.stop();
    }
  });
});
