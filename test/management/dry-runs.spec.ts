import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AT_THE_END } from '../../src/transfer/import.queries.js';
import { holdLedger } from '../runtime/held-ledger.js';
import { type Answer, Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { statesDocument, variants } from '../transfer/documents.js';

const FLAGS = '/api/admin/feature-flags';
const ENVIRONMENTS = '/api/admin/environments';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
  await api.post(FLAGS, { key: 'lamp' });
  await api.post(FLAGS, { key: 'gone' });
});
afterAll(() => server.stop());

const askSql = (text: string) => sql(server.databaseUrl, text);

const DOCUMENT = statesDocument({
  flags: [{ key: 'imported', type: 'boolean', variants, defaultVariant: 'on', offVariant: 'off' }],
});
const WRITES: [string, string, string, object | undefined][] = [
  ['a new flag', 'POST', FLAGS, { key: 'new' }],
  ['an edit of a base', 'PATCH', `${FLAGS}/lamp`, { enabled: true }],
  ['an override', 'PUT', `${ENVIRONMENTS}/staging/feature-flags/lamp`, { enabled: true }],
  ['an archived flag', 'DELETE', `${FLAGS}/gone`, undefined],
  ['a new environment', 'POST', ENVIRONMENTS, { slug: 'preview', parent: 'staging' }],
  ['a new segment', 'POST', '/api/admin/segments', { key: 'all', conditions: [] }],
  ['a new token', 'POST', '/api/admin/tokens', { name: 'dry', kind: 'admin', role: 'viewer' }],
  ['a bulk edit', 'POST', '/api/admin/bulk', { operation: 'enable', flags: ['lamp'], environments: ['staging'] }],
  ['an import', 'POST', '/api/admin/import', DOCUMENT],
  ['an import that makes room for itself', 'POST', '/api/admin/import?force=true', DOCUMENT],
];

describe('a dry run', () => {
  it.each(WRITES)('of %s waits for nobody who holds the ledger', async (_what, method, path, body) => {
    const dryRun = () =>
      api.call(method, `${path}${path.includes('?') ? '&' : '?'}dryRun=true`, body === undefined ? {} : { body });
    const before = await dryRun();
    const held = await holdLedger(server.databaseUrl);
    const meanwhile = await dryRun().finally(() => held.release());
    expect(meanwhile.status).toBe(200);
    expect(outlineOf(meanwhile)).toEqual(outlineOf(before));
  });

  it('says what the write then does', async () => {
    const edit = { enabled: true, description: 'edited' };
    const planned = await api.patch(`${FLAGS}/lamp?dryRun=true`, edit);
    const [{ version }] = (await askSql(`SELECT version FROM flagtree.flags WHERE key = 'lamp'`)) as [{ version: number }];
    const done = await api.patch(`${FLAGS}/lamp`, edit);
    const { preview, revision } = planned.body;
    expect([preview.enabled, preview.description, preview.version]).toEqual([true, 'edited', version + 1]);
    expect(done.body).toMatchObject({
      enabled: true,
      description: 'edited',
      version: version + 1,
      revision: Number(revision) + 1,
    });
  });

  it('is refused by the database where the write would be, with the same words', async () => {
    const clash = { slug: 'staging-2', aliases: ['production'] };
    const [planned, done] = [await api.post(`${ENVIRONMENTS}?dryRun=true`, clash), await api.post(ENVIRONMENTS, clash)];
    const { instance: _one, requestId: _first, ...told } = done.body;
    expect(planned.status).toBe(done.status);
    expect(planned.body).toMatchObject(told);
  });

  it('looks at all that can be deferred to the commit, at which it never arrives', async () => {
    const found = await askSql(
      `SELECT DISTINCT tgname AS name FROM pg_trigger WHERE tgdeferrable AND NOT tgisinternal AND tgname <> 't9_refuse_commit' ORDER BY tgname`,
    );
    expect(found.map(({ name }) => name)).toEqual(AT_THE_END);
  });

  it('leaves nothing, however many there are among writes of the same rows, and refuses none of those', async () => {
    const before = await askSql('SELECT ledger.revision, ledger.entries FROM flagtree.ledger AS ledger');
    const [{ revision, entries }] = before as [{ revision: string; entries: string }];
    const dryRuns: Promise<Answer>[] = [];
    const writes: Promise<Answer>[] = [];
    for (let number = 0; number < 20; number++) {
      dryRuns.push(api.patch(`${FLAGS}/lamp?dryRun=true`, { description: `dry ${String(number)}` }));
      writes.push(api.patch(`${FLAGS}/lamp`, { description: `wet ${String(number)}` }));
    }
    expect(new Set((await Promise.all(writes)).map(({ status }) => status))).toEqual(new Set([200]));
    for (const { status, body } of await Promise.all(dryRuns)) {
      if (status === 503)
        expect(body.code).toBe('database-busy'); // a row that others write all the time
      else expect([status, body.dryRun]).toEqual([200, true]);
    }
    expect(await askSql('SELECT ledger.revision, ledger.entries FROM flagtree.ledger AS ledger')).toEqual([
      { revision: String(Number(revision) + 20), entries: String(Number(entries) + 20) },
    ]);
    expect(await askSql('SELECT FROM flagtree.rehearsed_entries')).toEqual([]);
    expect((await api.get('/api/flags/audit/verify')).body).toMatchObject({ valid: true, broken: [] });
  });
});

describe('a rehearsal by SQL', () => {
  const rehearse = `SET LOCAL flagtree.rehearsal = 'on'; UPDATE flagtree.flags SET description = 'unseen' WHERE key = 'lamp'`;

  it.each([
    ['committed', `BEGIN; ${rehearse}; COMMIT`],
    ['committed with the setting taken back', `BEGIN; ${rehearse}; SET LOCAL flagtree.rehearsal = 'off'; COMMIT`],
    ['made to be looked at before the commit', `BEGIN; ${rehearse}; SET CONSTRAINTS ALL IMMEDIATE; COMMIT`],
    [
      'committed together with a write',
      `BEGIN; ${rehearse}; SET LOCAL flagtree.rehearsal = 'off'; UPDATE flagtree.flags SET owner = 'x'; COMMIT`,
    ],
  ])('cannot be %s', async (_how, text) => {
    await expect(askSql(text)).rejects.toMatchObject({ code: 'FT009' });
    expect(await askSql(`SELECT FROM flagtree.flags WHERE description = 'unseen'`)).toEqual([]);
  });

  it('that ends before its statement does is a write like any other', async () => {
    const ended = `CASE WHEN set_config('flagtree.rehearsal', 'off', true) = 'off' THEN 'logged' END`;
    await askSql(
      `BEGIN; SET LOCAL flagtree.rehearsal = 'on'; UPDATE flagtree.flags SET description = ${ended} WHERE key = 'lamp'; COMMIT`,
    );
    expect(
      await askSql(`SELECT log.after ->> 'description' AS it FROM flagtree.audit_log AS log ORDER BY log.id DESC LIMIT 1`),
    ).toEqual([{ it: 'logged' }]);
  });
});

/** Without what differs each time: ids, times, secrets. */
function outlineOf({ status, body }: Answer): unknown {
  return { status, revision: body.revision, effect: body.effect, effectTotal: body.effectTotal };
}
