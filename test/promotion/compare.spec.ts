import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
  await api.post('/api/admin/segments', { key: 'staff', conditions: [email('@example.com')] });
  await api.post(FLAGS, { key: 'ui.dark_mode', owner: 'web', tags: ['ui'] });
  await api.post(FLAGS, { key: 'ui.wide', tags: ['ui'] });
  await api.post(FLAGS, { key: 'pay.cards', owner: 'payments' });
});
afterAll(() => server.stop());

const FLAGS = '/api/admin/feature-flags';
const email = (end: string) => ({ attribute: 'email', operator: 'ends_with', values: [end] });
const staff = { id: 'staff', conditions: [{ segment: 'staff' }], serve: { variant: 'on' } };

const compare = async (query: string) => (await api.get(`/api/admin/compare?${query}`)).body;
const compareAsText = async (query: string) =>
  (await api.get(`/api/admin/compare?${query}`, { headers: { accept: 'text/plain' } })).body as string;
const revision = async () => (await api.get(`${FLAGS}/ui.dark_mode`)).body.revision as number;
const edit = async (key: string, body: object) => {
  const { status } = await api.patch(`${FLAGS}/${key}`, body);
  expect(status).toBe(200);
  return revision();
};
interface Ends {
  from: unknown;
  to: unknown;
}
const named = ({ flag, field }: { flag: string; field: string }) => `${flag} ${field}`;

describe('a comparison of one environment at two moments', () => {
  it('tells what changed since, wherever it was changed, with where each value came from then and comes from now', async () => {
    const before = await revision();
    await edit('ui.dark_mode', { environment: 'production', percentage: 25 });
    const after = await edit('ui.dark_mode', { environment: 'development', enabled: true });
    expect(await compare(`from=development&at=${before}`)).toEqual({
      from: 'development',
      to: 'development',
      differenceCount: 2,
      revision: before,
      toRevision: after,
      identical: false,
      summary: '2 differences',
      flags: 3,
      segments: [],
      segmentCount: 0,
      differences: [
        {
          flag: 'ui.dark_mode',
          field: 'enabled',
          from: { value: false, source: { kind: 'flag' }, state: 'inherited' },
          to: { value: true, source: { kind: 'environment', slug: 'development' }, state: 'overridden' },
        },
        {
          flag: 'ui.dark_mode',
          field: 'percentage',
          from: { value: 100, source: { kind: 'flag' }, state: 'inherited' },
          to: { value: 25, source: { kind: 'environment', slug: 'production' }, state: 'inherited' },
        },
      ],
    });
    expect(await compareAsText(`from=development&at=${before}&onlyOverrides=true`)).toBe(
      [
        'ui.dark_mode',
        '  enabled: false (from flag) → true (set by development)',
        `development at revision ${before} → development at revision ${after}: 1 difference`,
        '',
      ].join('\n'),
    );
  });

  it('takes two past moments, as revisions or instants, and reads either way', async () => {
    const before = await revision();
    const on = await edit('ui.wide', { environment: 'staging', enabled: true });
    await edit('ui.wide', { environment: 'staging', enabled: null });
    expect(await compare(`from=staging&at=${before}`)).toMatchObject({ identical: true, summary: 'no differences' });
    const forth = await compare(`from=staging&at=${before}&toAt=${on}`);
    const back = await compare(`from=staging&at=${on}&toAt=${before}`);
    expect(forth).toMatchObject({ revision: before, toRevision: on, identical: false });
    expect(back.differences).toEqual(forth.differences.map((one: Ends) => ({ ...one, from: one.to, to: one.from })));
    const { items } = (await api.get('/api/flags/audit?flag=ui.wide&limit=2')).body;
    const instant = items[1].timestamp as string;
    expect(await compare(`from=staging&at=${before}&toAt=${instant}`)).toEqual(forth);
    expect(await compare(`from=staging&toAt=${on}`)).toMatchObject({ identical: false, toRevision: on });
  });

  it('takes `to` of the same name for the present, since the same at the same moment is no question', async () => {
    const before = await revision();
    await edit('ui.wide', { environment: 'staging', percentage: 3 });
    const open = await compare(`from=staging&at=${before}`);
    expect(open.differences.map(named)).toEqual(['ui.wide percentage']);
    expect(await compare(`from=staging&to=staging&at=${before}`)).toEqual(open);
    expect(await compare('from=staging&to=staging')).toMatchObject({ identical: true });
  });

  it('shows a flag that came or went as `exists`, with all of its fields', async () => {
    const before = await revision();
    await api.post(FLAGS, { key: 'ui.fresh' });
    await api.delete(`${FLAGS}/pay.cards`);
    const { differences, flags } = await compare(`from=production&at=${before}`);
    expect(flags).toBe(4);
    expect(differences.filter(({ field }: { field: string }) => field === 'exists')).toEqual([
      { flag: 'pay.cards', field: 'exists', from: side(true), to: side(false) },
      { flag: 'ui.fresh', field: 'exists', from: side(false), to: side(true) },
    ]);
    expect(differences).toHaveLength(24);
    await api.post(`${FLAGS}/pay.cards/restore`);
    expect(await compare(`from=production&at=${before}&key=pay.*`)).toMatchObject({ identical: true });
  });

  it('sees through rules that stayed to a segment that did not, and only where a flag that is asked for names it', async () => {
    await edit('ui.dark_mode', { rules: [staff] });
    const before = await revision();
    expect((await api.patch('/api/admin/segments/staff', { conditions: [email('@example.org')] })).status).toBe(200);
    const seen = await compare(`from=development&at=${before}&key=ui.dark_mode`);
    expect(seen).toMatchObject({
      identical: false,
      summary: '1 difference',
      differences: [],
      segments: [{ segment: 'staff', from: [email('@example.com')], to: [email('@example.org')] }],
    });
    expect(await compareAsText(`from=development&at=${before}&key=ui.dark_mode`)).toContain(
      `segment staff\n  conditions: ${JSON.stringify(seen.segments[0].from)} → ${JSON.stringify(seen.segments[0].to)}\n`,
    );
    expect(await compare(`from=development&at=${before}&key=pay.*`)).toMatchObject({ identical: true, segments: [] });
    expect(await compare('from=development&to=staging')).toMatchObject({ segments: [] });
  });
});

describe('a comparison of two environments', () => {
  it('may be of a past moment, or of a different one for each', async () => {
    const before = await revision();
    const then = await compare('from=staging&to=production');
    await edit('pay.cards', { environment: 'staging', enabled: true });
    expect(await compare(`from=staging&to=production&at=${before}`)).toEqual({ ...then, revision: before, toRevision: before });
    const now = await compare('from=staging&to=production&key=pay.*');
    expect(now.differences.map(named)).toEqual(['pay.cards enabled']);
    expect(await compare(`from=staging&to=production&at=${before}&key=pay.*`)).toMatchObject({ identical: true });
    const crossed = await compare(`from=production&to=staging&toAt=${before}&key=pay.*`);
    expect(crossed).toMatchObject({ identical: true, revision: await revision(), toRevision: before });
  });

  it('takes aliases, and says slugs', async () => {
    expect(await compare('from=dev&to=prod')).toEqual(await compare('from=development&to=production'));
  });

  it('compares only the flags that are asked for; a flag counts if it was one of them on either side', async () => {
    const before = await revision();
    await edit('ui.wide', { tags: [], owner: 'web' });
    expect((await compare(`from=staging&at=${before}&tag=ui`)).flags).toBe(2);
    expect((await compare('from=staging&to=production&tag=ui')).flags).toBe(1);
    expect((await compare('from=staging&to=production&owner=web')).flags).toBe(2);
    expect((await compare('from=staging&to=production&key=pay.*,ui.wide')).flags).toBe(2);
    expect((await compare('from=staging&to=production&key=none.*')).flags).toBe(0);
  });
});

describe('a comparison that cannot be made', () => {
  it('says at which moment there was no such environment', async () => {
    const before = await revision();
    await api.post('/api/admin/environments', { slug: 'pr-7', parent: 'staging' });
    const made = await revision();
    expect(await compare(`from=staging&to=pr-7`)).toMatchObject({ identical: true });
    const early = await api.get(`/api/admin/compare?from=pr-7&at=${before}`);
    expect(early).toMatchObject({ status: 404, body: { code: 'environment-not-found' } });
    expect(early.body.detail).toBe(
      `At revision ${before} there was no environment "pr-7": see GET /api/admin/environments?at=${before} for those there were.`,
    );
    await api.delete('/api/admin/environments/pr-7');
    expect(await compare(`from=pr-7&at=${made}&to=staging&toAt=${made}`)).toMatchObject({ identical: true });
    expect(await api.get(`/api/admin/compare?from=pr-7&at=${made}`)).toMatchObject({ status: 404 });
  });

  it('compares with the parent when nothing else is named', async () => {
    expect(await compare('from=staging')).toEqual(await compare('from=staging&to=production'));
  });

  it.each([
    ['from=production', '?to', 'required'],
    ['from=staging&to=production&at=yesterday', 'at', 'invalid-moment'],
    ['from=staging&at=999999', '?at', 'moment-in-the-future'],
    ['from=staging&toAt=2999-01-01T00:00:00Z', '?toAt', 'moment-in-the-future'],
    ['to=production', 'from', ''],
    ['from=staging&to=production&onlyOverrides=yes', 'onlyOverrides', ''],
    ['from=staging&to=production&at=1&at=2', 'at', 'invalid-moment'],
  ])('is refused with what is wrong: %s', async (query, pointer, code) => {
    const { status, body } = await api.get(`/api/admin/compare?${query}`);
    expect(status).toBe(400);
    expect(body.errors[0].pointer).toContain(pointer);
    expect(body.errors[0].code).toContain(code);
  });
});

function side(exists: boolean) {
  return { value: exists, source: null, state: null };
}
