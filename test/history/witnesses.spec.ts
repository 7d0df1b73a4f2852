import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { createDataDirectory, removeDataDirectory } from '../support/data-directory.js';
import { createDatabase, type Database } from '../support/database.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';

const TOKEN = 'one-token-for-both-of-the-servers';
const WITNESSED = 'audit-anchors-witnessed.json';
const OWN = 'audit-anchors.jsonl';

interface Broken {
  id: number | null;
  reason: string;
  detail: string;
}

let database: Database;
let directories: string[];
const running = new Set<Server>();

beforeEach(async () => {
  database = await createDatabase();
  directories = [createDataDirectory(), createDataDirectory()];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  running.clear();
  for (const directory of directories) removeDataDirectory(directory);
  await database.drop();
});

/** One that signs at its start and at its end, and often where it is said. */
async function start(which: 0 | 1, interval = '60m'): Promise<{ server: Server; api: Api; stop: () => Promise<void> }> {
  const env = { FLAGTREE_ADMIN_TOKEN: TOKEN, FLAGTREE_AUDIT_ANCHOR_INTERVAL: interval, FLAGTREE_POLL_INTERVAL: '1s' };
  const server = await startServer({ database: database.url, dataDirectory: directories[which] as string, env });
  running.add(server);
  const stop = async () => {
    running.delete(server);
    await server.stop();
  };
  return { server, api: await Api.of(server.url, TOKEN), stop };
}

const fileOf = (which: 0 | 1, name: string) => join(directories[which] as string, name);
const verified = async (api: Api) =>
  (await api.get('/api/flags/audit/verify')).body as { valid: boolean; anchors: { others: number }; broken: Broken[] };
const found = async (api: Api) => (await verified(api)).broken;
const tamper = (...statements: string[]) =>
  sql(database.url, `BEGIN; SET LOCAL session_replication_role = replica; ${statements.join('; ')}; COMMIT`);
const head = async () => Number((await sql(database.url, 'SELECT entries FROM flagtree.ledger'))[0]?.['entries']);

/** Takes the newest entries away, with a ledger that fits: the chain by itself is flawless. */
const cutOff = (entries: number) =>
  tamper(
    `DELETE FROM flagtree.flags WHERE id IN (SELECT row_id FROM flagtree.audit_entries WHERE id > ${String(entries)})`,
    `DELETE FROM flagtree.audit_entries WHERE id > ${String(entries)}`,
    `UPDATE flagtree.ledger SET (entries, revision, head_hash) =
      (SELECT last.id, last.revision, last.hash FROM flagtree.audit_entries AS last ORDER BY last.id DESC LIMIT 1)`,
  );

describe('the anchor of a server', () => {
  it('is seen by the other one, and kept where nobody with SQL can alter it', async () => {
    const one = await start(0);
    await until(() => existsSync(fileOf(0, OWN)), 'the first anchor');
    const other = await start(1, '1s');
    await until(() => existsSync(fileOf(1, WITNESSED)), 'the witness');
    expect(statSync(fileOf(1, WITNESSED)).mode & 0o777).toBe(0o600);
    await sql(database.url, 'DELETE FROM flagtree.audit_anchors');
    expect(await verified(other.api)).toMatchObject({ valid: true, anchors: { others: 1 } });
    await one.api.post('/api/admin/feature-flags', { key: 'a' });
    await one.stop();
    const newest = (JSON.parse(readFileSync(fileOf(0, OWN), 'utf8').split('\n').at(-2) ?? '') as { entry: number }).entry;
    await until(() => readFileSync(fileOf(1, WITNESSED), 'utf8').includes(`\\"entry\\":${String(newest)},`), 'the newest');
    // For a moment the row of the newest one stands beside the file of the one before it.
    await until(async () => (await verified(other.api)).anchors.others === 1, 'one anchor of the other server');
    expect(await verified(other.api)).toMatchObject({ valid: true, broken: [] });
  });

  it('is held against the log when its server, its directory and its row are gone', async () => {
    const one = await start(0);
    const entries = await head();
    for (const key of ['a', 'b']) await one.api.post('/api/admin/feature-flags', { key });
    await one.stop(); // which signs
    const last = await head();
    const other = await start(1, '1s');
    await until(() => existsSync(fileOf(1, WITNESSED)), 'the witness');
    await other.stop();
    for (const name of [OWN, 'audit-anchor-key', 'audit-anchor-key.pub']) rmSync(fileOf(1, name));
    rmSync(fileOf(1, 'snapshots'), { recursive: true });
    await cutOff(entries);
    await tamper('DELETE FROM flagtree.audit_anchors');
    const again = await start(1);
    expect(await found(again.api)).toContainEqual({
      id: last,
      reason: 'truncated',
      detail: expect.stringMatching(/is gone: .* \(by another server, whose anchor this one has seen\)$/),
    });
  });

  it('is missed when it was taken out of the file of its own server, also after a restart', async () => {
    const one = await start(0);
    await one.api.post('/api/admin/feature-flags', { key: 'a' });
    await one.stop();
    const lines = readFileSync(fileOf(0, OWN), 'utf8').split('\n');
    const { entry } = JSON.parse(lines.at(-2) ?? '') as { entry: number };
    writeFileSync(fileOf(0, OWN), `${lines.slice(0, -2).join('\n')}\n`);
    const again = await start(0, '1s');
    const isMissed = {
      id: null,
      reason: 'anchor',
      detail: expect.stringContaining(`has lost the one of entry ${String(entry)}, which this server signed at`),
    };
    expect(await found(again.api)).toContainEqual(isMissed);
    await again.api.post('/api/admin/feature-flags', { key: 'b' });
    await until(() => readFileSync(fileOf(0, OWN), 'utf8').includes(`"entry":${String(entry + 1)},`), 'the next anchor');
    expect(await found(again.api)).toContainEqual(isMissed);
  });

  it('is not believed where the log never had what it signs, or another has signed it', async () => {
    const one = await start(0);
    await until(async () => (await sql(database.url, 'SELECT FROM flagtree.audit_anchors')).length > 0, 'the first anchor');
    const [shown] = (await sql(database.url, 'SELECT server, public_key, line FROM flagtree.audit_anchors')) as [
      Record<string, string>,
    ];
    await sql(database.url, `UPDATE flagtree.audit_anchors SET server = $1`, ['0'.repeat(64)]);
    const other = await start(1);
    await until(async () => (await sql(database.url, 'SELECT FROM flagtree.audit_anchors')).length > 1, 'the second anchor');
    expect(existsSync(fileOf(1, WITNESSED))).toBe(false);
    expect(await verified(other.api)).toMatchObject({ valid: true, anchors: { others: 0 } });
    expect(shown['line']).toContain('"signature"');
    await one.stop();
  });

  it('is made of what was last known, when the database is set back under a running server', async () => {
    const one = await start(0);
    const entries = await head();
    await one.api.post('/api/admin/feature-flags', { key: 'a' });
    const last = await head();
    await cutOff(entries);
    await until(() => readFileSync(fileOf(0, OWN), 'utf8').includes(`"entry":${String(last)},`), 'an anchor of what is lost');
    expect(await found(one.api)).toContainEqual(expect.objectContaining({ id: last, reason: 'truncated' }));
  });
});
