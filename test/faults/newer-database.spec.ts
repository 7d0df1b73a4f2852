import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestDatabase } from '../database/support.js';
import { createDataDirectory, removeDataDirectory } from '../support/data-directory.js';
import { failToStart, startServer } from '../support/server.js';

let database: TestDatabase;
let dataDirectory: string;
beforeAll(async () => {
  database = await TestDatabase.create();
  dataDirectory = createDataDirectory();
});
afterAll(async () => {
  removeDataDirectory(dataDirectory);
  await database.drop();
});

function migrate(...args: string[]) {
  const env = { PATH: process.env['PATH'], DATABASE_URL: database.url };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/database/migrate.mjs', ...args], {
    env,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

const applied = async () =>
  (await database.rows('SELECT name FROM flagtree.schema_migrations ORDER BY name')).map((row) => (row as { name: string }).name);

describe('a database that a newer version has migrated', () => {
  it('is not used: evaluation goes on from disk, and readiness says which migration is the reason', async () => {
    const first = await startServer({ database: 'own', dataDirectory });
    const snapshots = join(dataDirectory, 'snapshots');
    while (!existsSync(snapshots) || readdirSync(snapshots).length === 0) await sleep(50);
    const client = new pg.Client({ connectionString: first.databaseUrl });
    await client.connect();
    await client.query(`INSERT INTO flagtree.schema_migrations (name, checksum) VALUES ('9999999999999-later', 'x')`);
    await client.end();
    await first.stop();
    const older = await startServer({ database: 'own', dataDirectory });
    let body: unknown;
    for (let tries = 0; tries < 100 && !JSON.stringify(body ?? '').includes('9999999999999-later'); tries++) {
      await sleep(100);
      body = await (await fetch(`${older.url}/health/ready`)).json();
    }
    const answer = await fetch(`${older.url}/ofrep/v1/evaluate/flags`, {
      method: 'POST',
      headers: { authorization: `Bearer ${older.adminToken}`, 'content-type': 'application/json' },
      body: '{"context": {}}',
    });
    const headers = { authorization: `Bearer ${older.adminToken}`, 'content-type': 'application/json' };
    const write = await fetch(`${older.url}/api/admin/feature-flags`, { method: 'POST', headers, body: '{"key": "late"}' });
    await older.stop();
    const detail = expect.stringContaining('"9999999999999-later", which this version does not know');
    const unused = expect.stringMatching(/^It answers, and is not used \(`migrations` says why\) since .*: evaluation goes on/);
    expect(body).toMatchObject({
      status: 'degraded',
      checks: { migrations: { status: 'degraded', detail }, database: { status: 'degraded', detail: unused } },
    });
    expect(answer.status).toBe(200);
    expect([write.status, await write.json()]).toMatchObject([503, { detail: expect.stringContaining('is not connected') }]);
    expect(older.logs()).toContain('The database answers, and is not used');
    expect(JSON.stringify(body) + older.logs()).not.toContain('cannot be reached');
  });

  it('of your own ends an older version at its start, with the reason', async () => {
    await database.rows(`INSERT INTO flagtree.schema_migrations (name, checksum) VALUES ('9999999999999-later', 'x')`);
    const { code, output } = await failToStart({ DATABASE_URL: database.url, FLAGTREE_DATA_DIR: `${dataDirectory}-other` });
    await database.rows(`DELETE FROM flagtree.schema_migrations WHERE name = '9999999999999-later'`);
    expect([code, output]).toEqual([1, expect.stringContaining('"9999999999999-later", which this version does not know')]);
  });

  it('goes back to an older version by taking migrations back, and forward again, with what was written before', async () => {
    expect(existsSync('dist/server/server.cjs')).toBe(true);
    const all = await applied();
    const last = all.at(-2) ?? '';
    await database.rows(`INSERT INTO flagtree.flags (key) VALUES ('kept') ON CONFLICT DO NOTHING`);
    expect(migrate('down', `--to=${last}`)).toEqual({ status: 0, output: `taken back: ${String(all.at(-1))}\n` });
    expect(await applied()).toEqual(all.slice(0, -1));
    expect(migrate('down', `--to=${last}`)).toEqual({ status: 0, output: 'There was nothing to do.\n' });
    expect(migrate('up')).toEqual({ status: 0, output: `applied: ${String(all.at(-1))}\n` });
    expect(await applied()).toEqual(all);
    expect(await database.rows(`SELECT key FROM flagtree.flags WHERE key = 'kept'`)).toHaveLength(1);
  });

  it('is left alone when no migration is meant', () => {
    expect(migrate('down')).toMatchObject({ status: 1, output: expect.stringContaining('--to=') });
    expect(migrate('down', '--to=nothing')).toMatchObject({ status: 1, output: expect.stringContaining('"nothing"') });
  });
});
