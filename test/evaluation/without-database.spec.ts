import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { CuttableLink } from './cuttable-link.js';
import { editFlag, makeFlag, makeToken, setOverride } from './steps.js';

const BULK = '/ofrep/v1/evaluate/flags';
const CONTEXT = { context: { targetingKey: 'user-1', plan: 'beta' } };

/** `near` sits beside the database; `far` reaches the same database over a link that the tests cut. */
let near: TestServer;
let far: TestServer;
let link: CuttableLink;
let admin: Api;
let farAdmin: Api;
let client: Api;

beforeAll(async () => {
  near = await startServer();
  link = await CuttableLink.to(near.databaseUrl);
  far = await startServer({
    env: { DATABASE_URL: link.url, FLAGTREE_ADMIN_TOKEN: near.adminToken, FLAGTREE_POLL_INTERVAL: '200ms' },
  });
  admin = await Api.of(near.url, near.adminToken);
  farAdmin = await Api.of(far.url, near.adminToken);
  await makeFlag(farAdmin, 'half', { percentage: 50 });
  await makeFlag(farAdmin, 'beta', { defaultVariant: 'off', rules: [{ id: 'b', conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }], serve: { variant: 'on' } }] }); // prettier-ignore
  await setOverride(farAdmin, 'staging', 'half', { percentage: 100 });
  client = farAdmin.as(await makeToken(farAdmin, ['development']));
});

afterAll(async () => {
  await far.stop();
  await link.cut();
  await near.stop();
});

const everyAnswer = async () => {
  const answers: Answer[] = [
    await client.post(`${BULK}/half`, CONTEXT),
    await client.post(`${BULK}/beta`, CONTEXT),
    await client.post(`${BULK}/no-such-flag`, CONTEXT),
    await client.post(BULK, CONTEXT),
    await client.post('/api/feature-flags/evaluate', CONTEXT),
    await client.get('/api/feature-flags/environment'),
    await client.get('/api/feature-flags/snapshot'),
    await client.get('/api/feature-flags/environment?env=production'),
    await client.post(BULK, CONTEXT, { token: 'ft_client_000000000000_00000000000000000000000000000000' }),
  ];
  return answers.map(({ status, body, headers }) => [
    status,
    { ...body, requestId: undefined },
    headers.get('etag'),
    headers.get('x-resolved-environment'),
  ]);
};

const valueOf = async (api: Api, key: string) =>
  (await api.post(`${BULK}/${key}?env=development`, CONTEXT)).body.value as boolean;

describe('while the database is away', () => {
  let before: Awaited<ReturnType<typeof everyAnswer>>;

  beforeAll(async () => {
    before = await everyAnswer();
    expect(before.map(([status]) => status)).toEqual([200, 200, 404, 200, 200, 200, 200, 403, 401]);
    await link.cut();
  });

  it('every evaluation is answered as before', async () => {
    expect(await everyAnswer()).toEqual(before);
    for (let round = 0; round < 50; round++)
      expect((await client.post(`${BULK}/beta`, CONTEXT)).body).toMatchObject({ value: true });
    await until(async () => (await client.get('/health/ready')).body.checks.database.status !== 'up', 'the notice of it');
    expect(await everyAnswer()).toEqual(before);
  });

  it('a write is refused whole, and the caller told to try again', async () => {
    const answer = await farAdmin.patch('/api/admin/feature-flags/beta', { enabled: false });
    expect([answer.status, answer.body]).toMatchObject([503, { status: 503 }]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await everyAnswer()).toEqual(before);
  });

  it('a management read says since when it may be old, also where it finds nothing, and no longer once all is well', async () => {
    const [flag, missing] = [
      await farAdmin.get('/api/admin/feature-flags/half'),
      await farAdmin.get('/api/admin/feature-flags/none'),
    ];
    for (const [status, { headers, ...answer }] of [
      [200, flag],
      [404, missing],
    ] as const) {
      expect(answer.status).toBe(status);
      const since = Date.parse(headers.get('flagtree-stale-since') ?? '');
      expect(since).toBeLessThanOrEqual(Date.now());
      expect(since).toBeGreaterThan(Date.now() - 60_000);
    }
    expect((await admin.get('/api/admin/feature-flags/half')).headers.has('flagtree-stale-since')).toBe(false);
  });

  it('what changes there is not known here, and is followed as soon as it is back', async () => {
    await editFlag(admin, 'beta', { environment: 'staging', enabled: false });
    expect(await valueOf(admin, 'beta')).toBe(false);
    expect(await valueOf(farAdmin, 'beta')).toBe(true);
    await link.join();
    await until(async () => !(await valueOf(farAdmin, 'beta')));
    const { body } = await client.get('/api/feature-flags/environment');
    expect(body.revision).toBe((await admin.get('/api/feature-flags/environment')).body.revision);
    await editFlag(farAdmin, 'beta', { environment: 'staging', enabled: true });
    expect(await valueOf(farAdmin, 'beta')).toBe(true);
    await until(() => valueOf(admin, 'beta'));
  });
});
