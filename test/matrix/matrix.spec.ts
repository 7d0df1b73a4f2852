import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';

let server: TestServer;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
  for (const [key, rest] of Object.entries({ a: { owner: 'ops', tags: ['web'] }, b: { enabled: true }, c: { owner: 'ads' } }))
    await api.post('/api/admin/feature-flags', { key, ...rest });
  await api.patch('/api/admin/feature-flags/a', { environment: 'staging', enabled: true, percentage: 20 });
  await api.patch('/api/admin/feature-flags/b', { environment: 'development', enabled: true });
});
afterAll(() => server.stop());

const matrix = async (query = '') => {
  const { status, body } = await api.get(`/api/admin/matrix${query}`);
  expect([query, status]).toEqual([query, 200]);
  return body;
};
/** `{ a: ['Off', …] }`, in the order of the columns. */
const looks = ({ items, faces }: { items: { key: string; cells: number[] }[]; faces: object[] }) =>
  Object.fromEntries(items.map(({ key, cells }) => [key, cells.map((index) => faces[index])]));

describe('the matrix', () => {
  it('shows each flag in each environment, and by whom it is decided', async () => {
    const answer = await matrix();
    expect(answer.environments.map(({ slug, depth }: { slug: string; depth: number }) => [slug, depth])).toEqual([
      ['production', 0],
      ['staging', 1],
      ['development', 2],
    ]);
    expect(looks(answer)).toEqual({
      a: [
        { on: false, own: 'no' },
        { on: true, percentage: 20, own: 'differs' },
        { on: true, percentage: 20, own: 'no', from: 'staging' },
      ],
      b: [
        { on: true, own: 'no' },
        { on: true, own: 'no' },
        { on: true, own: 'same' },
      ],
      c: Array(3).fill({ on: false, own: 'no' }),
    });
    expect([answer.total, answer.counts]).toEqual([3, { differs: 1, set: 2, same: 1, broken: 0 }]);
  });

  it('says what the list of flags resolves, cell for cell', async () => {
    const { items, faces } = await matrix('?envs=staging,production');
    const listed = await api.get('/api/admin/feature-flags?envs=staging,production');
    for (const { key, environments } of listed.body.items) {
      const { cells } = items.find((row: { key: string }) => row.key === key);
      const resolved = ['staging', 'production'].map((slug) => [environments[slug].enabled, environments[slug].percentage]);
      expect(cells.map((index: number) => [faces[index].on, faces[index].percentage ?? 100])).toEqual(resolved);
    }
  });

  it.each([
    ['?search=A', ['a']],
    ['?owner=ads', ['c']],
    ['?tag=web', ['a']],
    ['?type=string', []],
    ['?keys=c,a', ['a', 'c']],
    ['?is=differs', ['a']],
    ['?is=set', ['a', 'b']],
    ['?is=set&in=production', []],
    ['?is=same,differs&in=development', ['b']],
    ['?sort=-key', ['c', 'b', 'a']],
    ['?sort=-owner', ['a', 'c', 'b']],
  ])('%s gives %j', async (query, keys) => {
    const { items, total } = await matrix(query);
    expect([items.map(({ key }: { key: string }) => key), total]).toEqual([keys, keys.length]);
  });

  it('shows a part of the tree', async () => {
    const { environments } = await matrix('?below=staging');
    expect(environments.map(({ slug }: { slug: string }) => slug)).toEqual(['staging', 'development']);
  });

  it('says what the caller may do where', async () => {
    const { body } = await api.post('/api/admin/tokens', {
      name: 'dev',
      kind: 'admin',
      role: 'developer',
      environments: ['staging'],
    });
    const { environments } = (await api.as(body.token).get('/api/admin/matrix')).body;
    expect(environments.map(({ slug, may }: { slug: string; may: string }) => [slug, may])).toEqual([
      ['production', 'read'],
      ['staging', 'write'],
      ['development', 'read'],
    ]);
  });

  it('goes on page by page at one revision, and says when another one is in force', async () => {
    const first = await matrix('?limit=2');
    const second = await matrix(`?limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(second.nextCursor).toBeNull();
    await api.patch('/api/admin/feature-flags/c', { description: 'x' });
    const late = await api.get(`/api/admin/matrix?limit=2&cursor=${first.nextCursor}`);
    expect([late.status, late.body.code]).toEqual([409, 'revision-moved']);
  });

  it('answers 304 as long as nothing is different', async () => {
    const { headers } = await api.get('/api/admin/matrix');
    const again = await api.get('/api/admin/matrix', { headers: { 'if-none-match': String(headers.get('etag')) } });
    expect(again.status).toBe(304);
  });

  it.each([
    '?limit=0', '?limit=1001', '?sort=size', '?is=odd', '?cursor=x', '?cursor=WyJhIl0', '?envs=a,a', '?keys=%00', '?type=int',
  ])('refuses %s', async (query) => {
    const { status, body } = await api.get(`/api/admin/matrix${query}`);
    expect([status, body.errors.length > 0]).toEqual([400, true]);
  }); // prettier-ignore

  it('knows no environment that is not there', async () => {
    for (const query of ['?envs=none', '?below=none', '?in=none'])
      expect((await api.get(`/api/admin/matrix${query}`)).status).toBe(404);
  });

  it('shows what is broken, and nothing else as broken', async () => {
    await sql(
      server.databaseUrl,
      `UPDATE flagtree.flags SET rules = '[{"id": "x", "serve": {"variant": "none"}}]' WHERE key = 'b'`,
    );
    await api.get('/api/admin/feature-flags/b');
    const { items, faces, counts } = await matrix('?is=broken');
    expect([items.map(({ key }: { key: string }) => key), counts.broken]).toEqual([['b'], 1]);
    expect(items[0].cells.every((index: number) => faces[index].broken)).toBe(true);
  });
});
