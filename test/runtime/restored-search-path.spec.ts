import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '../database/support.js';
import { startServer } from '../support/server.js';

const PATH = `SELECT setting FROM pg_db_role_setting AS own JOIN pg_database AS this ON this.oid = own.setdatabase,
  unnest(own.setconfig) AS setting WHERE this.datname = current_database() AND setting LIKE 'search_path=%'`;

let database: TestDatabase;
beforeEach(async () => {
  database = await TestDatabase.create();
});
afterEach(() => database.drop());

describe('the search_path of a database', () => {
  const env = { FLAGTREE_ADMIN_TOKEN: randomBytes(32).toString('hex') };

  it('that a dump does not hold is set again by the next start, which says so; another one is left alone', async () => {
    const [ours] = await database.rows(PATH);
    expect(ours).toEqual({ setting: 'search_path="$user", public, flagtree' });
    await database.rows(`ALTER DATABASE "${database.name}" RESET search_path`);
    const first = await startServer({ database: database.url, env });
    expect(first.logs()).toContain('plain names of tables work in psql again');
    await first.stop();
    expect(await database.rows(PATH)).toEqual([ours]);
    await database.rows(`ALTER DATABASE "${database.name}" SET search_path = public`);
    const second = await startServer({ database: database.url, env });
    expect(second.logs()).not.toContain('plain names');
    await second.stop();
    expect(await database.rows(PATH)).toEqual([{ setting: 'search_path=public' }]);
  });
});
