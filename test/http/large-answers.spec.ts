import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

const COUNT = 160;
const VARIANTS = [{ key: 'on', value: 'x'.repeat(4_000) }, ...Array.from({ length: 13 }, (_, i) => ({ key: `v${String(i)}`, value: 'y'.repeat(4_000) }))]; // prettier-ignore

let server: TestServer;
let admin: Api;
let before: number;
beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  before = (await admin.get('/api/feature-flags/environment')).body.revision;
  const flags = Array.from({ length: COUNT }, (_, i) => ({
    key: `large.${String(i).padStart(3, '0')}`,
    ...{ type: 'string', variants: VARIANTS, defaultVariant: 'on' },
  }));
  for (let from = 0; from < COUNT; from += 20) {
    const document = { format: 'flagtree-states', version: 2, flags: flags.slice(from, from + 20) };
    const { status, body } = await admin.post('/api/admin/import', document);
    expect([status, body]).toEqual([200, expect.anything()]);
  }
});
afterAll(() => server.stop());

const sizeOf = (body: object) => JSON.stringify(body).length;

describe('an answer about many large things', () => {
  it.each(['', '&env=staging', '&envs=production,staging'])('is a page that ends earlier, and whose cursor goes on (%s)', async (query) => {
    const keys: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 20; pages++) {
      const { status, body } = await admin.get(`/api/admin/feature-flags?limit=200${query}${cursor && `&cursor=${cursor}`}`);
      expect(status).toBe(200);
      expect(sizeOf(body)).toBeLessThan(9 * 1024 * 1024);
      keys.push(...body.items.map(({ key }: { key: string }) => key));
      cursor = body.nextCursor;
      if (pages === 0) expect(body.items.length).toBeLessThan(COUNT);
    }
    expect(keys).toHaveLength(COUNT);
    expect(new Set(keys).size).toBe(COUNT);
  }); // prettier-ignore

  it('is a page of the log, too', async () => {
    const { body } = await admin.get('/api/flags/audit?limit=200');
    expect(sizeOf(body)).toBeLessThan(9 * 1024 * 1024);
    expect(body.nextCursor).not.toBeNull();
  });

  it('is the beginning of a comparison, which says how much there is', async () => {
    const { body } = await admin.get(`/api/admin/compare?from=staging&at=${String(before)}&to=staging`);
    expect(sizeOf(body)).toBeLessThan(5 * 1024 * 1024);
    expect(body.differences.length).toBeLessThan(body.differenceCount);
    expect(body.more).toContain('Ask again about fewer flags');
  });

  it('is the beginning of an effect', async () => {
    const edit = { operation: 'set', flags: ['large.*'], environments: ['staging', 'development'], set: { variants: VARIANTS.slice(1) } };
    const { status, body } = await admin.post('/api/admin/bulk?dryRun=true', { ...edit, set: { variants: [{ key: 'on', value: 'z'.repeat(4_000) }] } });
    expect([status, body.code]).toEqual([200, undefined]);
    expect(sizeOf(body)).toBeLessThan(6 * 1024 * 1024);
    expect(body.effect.length).toBeLessThan(body.effectCount);
    expect(body.more).toBeDefined();
  }); // prettier-ignore
});

it('many heavy reads at once are answered or asked to come again, and others are not kept waiting', async () => {
  const asked = Array.from({ length: 30 }, () => admin.get(`/api/admin/compare?from=staging&at=${String(before)}&to=staging`));
  expect((await admin.get('/api/admin/environments')).status).toBe(200);
  for (const { status, body, headers } of await Promise.all(asked)) {
    if (status === 200) continue;
    expect([status, body.code, headers.get('retry-after')]).toEqual([429, 'too-many-reads', '1']);
  }
  expect((await admin.get('/api/admin/compare?from=staging&to=production')).status).toBe(200);
});
