import { spawnSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { createDatabase, type Database } from '../support/database.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';

/** What somebody with all rights can do: past every trigger. */
const tamper = (url: string, ...statements: string[]) =>
  sql(url, `BEGIN; SET LOCAL session_replication_role = replica; ${statements.join('; ')}; COMMIT`);

/** Works all hashes out anew, and the ledger with them: then the chain by itself is flawless. */
const MAKE_IT_FIT = `
  DO $$ DECLARE entry flagtree.audit_entries; previous bytea := decode(repeat('00', 32), 'hex'); BEGIN
    FOR entry IN SELECT logged.* FROM flagtree.audit_entries AS logged ORDER BY logged.id LOOP
      previous := flagtree.audit_entry_hash(previous, entry);
      UPDATE flagtree.audit_entries SET hash = previous WHERE id = entry.id;
    END LOOP;
    UPDATE flagtree.ledger SET (entries, revision, head_hash) =
      (SELECT last.id, last.revision, last.hash FROM flagtree.audit_entries AS last ORDER BY last.id DESC LIMIT 1);
  END $$`;

interface Log {
  server: Server;
  api: Api;
  verified: () => Promise<{
    valid: boolean;
    entries: number;
    anchors: { count: number; newest: { entry: number } | null };
    broken: { id: number; reason: string }[];
  }>;
  found: () => Promise<unknown[]>;
}

async function open(options: Parameters<typeof startServer>[0]): Promise<Log> {
  const server = await startServer({ ...options, env: { FLAGTREE_AUDIT_ANCHOR_INTERVAL: '1s', FLAGTREE_POLL_INTERVAL: '5m' } });
  const api = await Api.of(server.url, server.adminToken);
  const verified = async () => (await api.get('/api/flags/audit/verify')).body;
  const found = async () => (await verified()).broken.map(({ id, reason }: { id: number; reason: string }) => [id, reason]);
  return { server, api, verified, found };
}

describe('the anchors of the audit log', () => {
  let database: Database;
  let first: Log;
  let log: Log;
  const file = (name: string) => join(log.server.dataDirectory, name);
  const lines = () => readFileSync(file('audit-anchors.jsonl'), 'utf8').split('\n').slice(0, -1);

  beforeAll(async () => {
    database = await createDatabase();
    first = await open({ database: database.url });
  });
  afterAll(async () => {
    await first.server.stop();
    await database.drop();
  });
  beforeEach(() => {
    log = first;
  });

  const head = async () => Number((await sql(database.url, 'SELECT entries FROM flagtree.ledger'))[0]?.['entries']);

  /** Until the newest entry is anchored. */
  async function anchored(): Promise<number> {
    for (const until = Date.now() + 10_000; Date.now() < until;) {
      if ((await log.verified()).anchors.newest?.entry === (await head())) return head();
      await sleep(50);
    }
    throw new Error('No anchor was written');
  }

  it('are written of what is new, signed, chained, and readable by their owner alone', async () => {
    await anchored();
    await log.api.post('/api/admin/feature-flags', { key: 'anchored' });
    const newest = await anchored();
    expect(await log.verified()).toMatchObject({ valid: true, entries: newest, broken: [] });
    for (const name of ['audit-anchors.jsonl', 'audit-anchor-key']) expect(statSync(file(name)).mode & 0o777).toBe(0o600);
    const count = lines().length;
    await sleep(1_500);
    expect(lines()).toHaveLength(count);
  });

  it('can be checked with the public key alone', () => {
    const key = createPublicKey(readFileSync(file('audit-anchor-key.pub')));
    for (const line of lines()) {
      const signed = line.replace(/,"signature":"([^"]+)"/, '');
      const signature = Buffer.from(JSON.parse(line).signature as string, 'base64');
      expect(verify(null, Buffer.from(signed), key, signature)).toBe(true);
      expect(verify(null, Buffer.from(signed.replace('"entry":', '"entry":1')), key, signature)).toBe(false);
    }
  });

  it('are told to be forged or lost when their file was touched', async () => {
    await log.api.patch('/api/admin/feature-flags/anchored', { enabled: true });
    await anchored();
    const text = readFileSync(file('audit-anchors.jsonl'), 'utf8');
    const reasonsWith = async (changed: string) => {
      writeFileSync(file('audit-anchors.jsonl'), changed);
      const { broken } = await log.verified();
      writeFileSync(file('audit-anchors.jsonl'), text);
      return [...new Set(broken.map(({ reason }) => reason))];
    };
    const [one = '', ...others] = lines();
    expect(await reasonsWith(text.replace('"revision":', '"revision":9'))).toEqual(['anchor']);
    expect(await reasonsWith(`${others.join('\n')}\n`)).toEqual(['anchor']);
    expect(await reasonsWith(`${[one, ...others.slice(0, -1)].join('\n')}\n`)).toEqual(['anchor']);
    expect(await reasonsWith(`${text}nonsense\n`)).toEqual(['anchor']);
    expect(await reasonsWith('')).toEqual(['anchor']);
    expect(await log.verified()).toMatchObject({ valid: true });
  });

  it('are written when the server stops, and go on where they were', async () => {
    const server = await startServer({ env: { FLAGTREE_AUDIT_ANCHOR_INTERVAL: '60m' } });
    const api = await Api.of(server.url, server.adminToken);
    await api.post('/api/admin/feature-flags', { key: 'late' });
    const { entries } = (await api.get('/api/flags/audit/verify')).body;
    const path = join(server.dataDirectory, 'audit-anchors.jsonl');
    while (!existsSync(path)) await sleep(20);
    await server.kill();
    const text = () => readFileSync(path, 'utf8');
    writeFileSync(path, `${text()}{"entry":`);
    const second = await startServer({
      database: server.databaseUrl,
      dataDirectory: server.dataDirectory,
      env: { FLAGTREE_AUDIT_ANCHOR_INTERVAL: '60m' },
    });
    const again = await Api.of(second.url, second.adminToken);
    await again.post('/api/admin/feature-flags', { key: 'later' });
    expect((await again.get('/api/flags/audit/verify')).body).toMatchObject({ valid: true, entries: Number(entries) + 1 });
    await second.stop();
    expect(JSON.parse(text().split('\n').at(-2) ?? '')).toMatchObject({ entry: Number(entries) + 1 });
    await server.stop();
  });

  describe('show what the chain cannot', () => {
    afterEach(async () => {
      await log.server.stop();
      await fresh.drop();
    });
    let fresh: Database;
    let newest: number;
    beforeEach(async () => {
      fresh = await createDatabase();
      log = await open({ database: fresh.url });
      for (const key of ['one', 'two', 'three']) await log.api.post('/api/admin/feature-flags', { key });
      newest = Number((await sql(fresh.url, 'SELECT entries FROM flagtree.ledger'))[0]?.['entries']);
      while ((await log.verified()).anchors.newest?.entry !== newest) await sleep(50);
    });

    /** The script for those who have psql and nothing else. */
    const script = (...more: string[]) => {
      const path = new URL('../../sql/verify-audit.sql', import.meta.url).pathname;
      const { stdout, stderr, status } = spawnSync('psql', ['-X', '-q', '-A', '-t', '-d', fresh.url, ...more, '-f', path], {
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([0, '']);
      return stdout.split('\n').filter(Boolean).map((row) => row.split('|').slice(0, 2)); // prettier-ignore
    };
    const withAnchors = () => script('-v', `anchors=${file('audit-anchors.jsonl')}`);

    it('finds a chain that was rewritten, ledger and all', async () => {
      expect(withAnchors()).toEqual([]);
      await tamper(fresh.url, `UPDATE flagtree.audit_entries SET actor = 'nobody' WHERE id = ${String(newest - 1)}`, MAKE_IT_FIT);
      expect(script()).toEqual([]);
      expect(await log.found()).toContainEqual([newest, 'rewritten']);
      expect(withAnchors()).toContainEqual([String(newest), 'rewritten']);
    });

    it('finds a tail that was cut off, ledger and all', async () => {
      await tamper(fresh.url, `DELETE FROM flagtree.audit_entries WHERE id = ${String(newest)}`, MAKE_IT_FIT);
      expect(script()).toEqual([]);
      expect(await log.found()).toContainEqual([newest, 'truncated']);
      expect(withAnchors()).toContainEqual([String(newest), 'truncated']);
    });
  });
});

describe('the verification of a long log', () => {
  let log: Log;
  let start: number;
  beforeAll(async () => {
    log = await open({});
    start = (await log.verified()).entries;
    await sql(
      log.server.databaseUrl,
      `INSERT INTO flags (key) SELECT 'flag-' || number FROM generate_series(1, 14000) AS number`,
    );
  });
  afterAll(() => log.server.stop());

  const foundAfter = async (...statements: string[]): Promise<unknown[]> => {
    await tamper(log.server.databaseUrl, 'CREATE TABLE kept AS SELECT * FROM flagtree.audit_entries', ...statements);
    const found = await log.found();
    // rows whose newest entry is gone are told, too, and not here
    const places = found.filter((one) => (one as [unknown, string])[1] !== 'row');
    await tamper(
      log.server.databaseUrl,
      'TRUNCATE flagtree.audit_entries',
      'INSERT INTO flagtree.audit_entries SELECT * FROM kept',
      'DROP TABLE kept',
    );
    return places;
  };

  it('takes it part by part, and finds what was edited, deleted or inserted wherever it is', async () => {
    expect(await log.verified()).toMatchObject({ valid: true, entries: start + 14_000 });
    expect(await foundAfter(`UPDATE flagtree.audit_entries SET actor = 'x' WHERE id IN (1, 5000, 5001, 10001)`)).toEqual(
      [1, 5000, 5001, 10_001].map((id) => [id, 'edited']),
    );
    expect(await foundAfter('DELETE FROM flagtree.audit_entries WHERE id IN (5000, 5001)')).toEqual([[5000, 'missing']]);
    expect(await foundAfter('DELETE FROM flagtree.audit_entries WHERE id BETWEEN 100 AND 12000')).toEqual([[100, 'missing']]);
    expect((await foundAfter('DELETE FROM flagtree.audit_entries WHERE id > 9000'))[0]).toEqual([9001, 'truncated']);
    expect((await foundAfter('DELETE FROM flagtree.audit_entries'))[0]).toEqual([1, 'truncated']);
    expect(
      (
        await foundAfter(
          `INSERT INTO flagtree.audit_entries SELECT (jsonb_populate_record(entry, jsonb_build_object('id', ${String(start + 14_001)}))).* FROM flagtree.audit_entries AS entry WHERE entry.id = 7`,
        )
      )[0],
    ).toEqual([start + 14_001, 'edited']);
    expect(await log.verified()).toMatchObject({ valid: true });
  });

  it('lists at most 100 places', async () => {
    expect(await foundAfter(`UPDATE flagtree.audit_entries SET actor = 'x' WHERE id <= 500`)).toHaveLength(100);
  });
});
