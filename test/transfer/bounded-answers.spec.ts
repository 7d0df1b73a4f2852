import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

let server: Server;
let api: Api;

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});
afterAll(() => server.stop());

const SWITCH = {
  type: 'boolean',
  variants: [
    { key: 'on', value: true },
    { key: 'off', value: false },
  ],
  defaultVariant: 'on',
  offVariant: 'off',
};
const IMPORT = '/api/admin/import';

/** Does what `more` says, in parts that are small enough. */
async function countOfTheRest(more: string): Promise<number> {
  const path = /^GET (\S+)/.exec(more)?.[1]?.replace('<environment>', 'production') ?? '';
  let count = 0;
  for (const digit of '0123456789') {
    const { body } = await api.get(`${path}&key=many.${digit}*`);
    expect(body.differences).toHaveLength(body.differenceCount as number);
    count += body.differenceCount as number;
  }
  return count;
}

describe('answers about very much', () => {
  it('tell a defect that is the same in many environments once, and how many there are', async () => {
    const rules = [{ id: 'r', conditions: [{ segment: 'missing' }], serve: { variant: 'on' } }];
    const flags = Array.from({ length: 150 }, (_, index) => ({ key: `broken.${String(index)}`, ...SWITCH, rules }));
    const refused = await api.post(IMPORT, { format: 'flagtree-states', version: 1, flags });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'invalid-flag', errorCount: 450, differentErrors: 150, more: expect.any(String) },
    });
    expect(refused.body.errors).toHaveLength(100);
    expect(refused.body.errors[0]).toMatchObject({ flag: 'broken.0', field: 'rules', environments: 3 });
    expect(refused.body.detail).toContain('in production, staging, development');
    expect(JSON.stringify(refused.body).length).toBeLessThan(50_000);
  });

  it('show the first 1,000 values of an effect, and count all, of a dry run, a job and a promotion', async () => {
    const flags = Array.from({ length: 400 }, (_, index) => ({ key: `many.${String(index)}`, ...SWITCH }));
    const foreseen = await api.post(`${IMPORT}?dryRun=true`, { format: 'flagtree-states', version: 1, flags });
    expect(foreseen.body.effect).toHaveLength(1_000);
    expect(foreseen.body).toMatchObject({
      effectCount: 1_200,
      effectBy: { environments: { production: 400, staging: 400, development: 400 }, fields: { exists: 1_200 } },
      more: expect.stringContaining('fewer flags'),
    });
    await api.post(IMPORT, { format: 'flagtree-states', version: 1, flags });
    const overrides = flags.map(({ key }) => ({
      environment: 'staging',
      flag: key,
      enabled: true,
      percentage: 5,
      offVariant: 'on',
    }));
    expect(await api.post(IMPORT, { format: 'flagtree-states', version: 1, overrides })).toMatchObject({ status: 200 });
    const planned = await api.post('/api/admin/promotions', {
      flags: ['many.*'],
      from: 'staging',
      to: 'production',
      dryRun: true,
    });
    expect(planned.body).toMatchObject({
      changeCount: 1_200,
      effectCount: 1_200,
      effectBy: { environments: { production: 1_200 }, fields: { enabled: 400, percentage: 400, offVariant: 400 } },
      counts: { changes: 1_200, redundant: 1_200, kept: 0 },
    });
    for (const list of ['changes', 'effect', 'redundant']) expect(planned.body[list]).toHaveLength(1_000);
    const body = { flags: ['many.*'], from: 'staging', to: 'production', plan: planned.body.plan.id };
    const done = await api.post('/api/admin/promotions', body);
    expect(done.body).toMatchObject({ result: 'applied', changeCount: 1_200, effectCount: 1_200 });
    expect(await countOfTheRest(done.body.more as string)).toBe(1_200);
    const back = await api.post(`/api/admin/promotions/${done.body.id}/revert`, {});
    expect(back.body).toMatchObject({ result: 'applied', changeCount: 1_200 });
  });

  it('show the first 1,000 differences, and in text how many more there are', async () => {
    const compared = await api.get('/api/admin/compare?from=staging&to=production');
    expect(compared.body.differences).toHaveLength(1_000);
    expect(compared.body).toMatchObject({
      ...{ identical: false, differenceCount: 1_200, summary: '1200 differences', segmentCount: 0 },
      more: expect.stringContaining('key=<pattern>'),
    });
    const text = await api.get('/api/admin/compare?from=staging&to=production', { headers: { accept: 'text/plain' } });
    expect(String(text.body)).toContain('… and 200 more: compare fewer flags');
  });
});
