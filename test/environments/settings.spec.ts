import { afterEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Server, startServer } from '../support/server.js';

let server: Server;
afterEach(() => server.stop());

async function start(env: Record<string, string>): Promise<Api> {
  server = await startServer({ env });
  return Api.of(server.url, server.adminToken);
}

const tree = async (api: Api) =>
  ((await api.get('/api/admin/environments')).body.items as { slug: string; parent: string | null; aliases: string[] }[]).map(
    ({ slug, parent, aliases }) => [slug, parent, aliases],
  );
const environmentsCheck = async (api: Api) => (await api.get('/health/ready', { token: null })).body.checks.environments;

describe('settings that name environments', () => {
  it('choose the first tree, whose environments have the other name as an alias, so that defaults and runbooks hold [000-1] [000-5] [000-8]', async () => {
    const api = await start({ FLAGTREE_FIRST_ENVIRONMENTS: 'prod,staging<prod,dev<staging' });
    expect(await tree(api)).toEqual([
      ['dev', 'staging', ['development']],
      ['prod', null, ['production']],
      ['staging', 'prod', []],
    ]);
    expect((await api.get('/api/feature-flags/environment')).body).toMatchObject({ environment: 'prod', by: 'default' });
    expect(await environmentsCheck(api)).toMatchObject({ status: 'up' });
  });

  it('start with no environment at all; readiness says what the default lacks', async () => {
    const api = await start({ FLAGTREE_FIRST_ENVIRONMENTS: 'none' });
    expect(await tree(api)).toEqual([]);
    expect(await environmentsCheck(api)).toMatchObject({
      status: 'degraded',
      detail: expect.stringContaining('There is no environment yet.'),
    });
    await api.post('/api/admin/environments', { slug: 'live', aliases: ['production'] });
    expect(await environmentsCheck(api)).toMatchObject({ status: 'up' });
    expect((await api.get('/api/feature-flags/environment')).body.environment).toBe('live');
  });

  it('let the server go on where they name nothing: readiness and the log say which, what, and what there is', async () => {
    const api = await start({ FLAGTREE_DEFAULT_ENVIRONMENT: 'nonexist', FLAGTREE_ALLOWED_ENVIRONMENTS: 'staging,qa' });
    const { status, detail } = await environmentsCheck(api);
    expect(status).toBe('degraded');
    for (const told of [
      'FLAGTREE_DEFAULT_ENVIRONMENT is "nonexist"',
      'FLAGTREE_ALLOWED_ENVIRONMENTS holds qa',
      'development, production, staging',
    ]) {
      expect(detail).toContain(told);
      expect(server.logs().replaceAll('\\"', '"')).toContain(told);
    }
    expect((await api.get('/api/feature-flags/environment?env=staging')).body.environment).toBe('staging');
    expect((await api.get('/api/feature-flags/environment')).status).toBe(404);
    await api.post('/api/admin/environments', { slug: 'nonexist', parent: 'staging', aliases: ['qa'] });
    expect(await environmentsCheck(api)).toMatchObject({ status: 'up' });
  });

  it('compare the allow-list and the default by what they name', async () => {
    const api = await start({ FLAGTREE_DEFAULT_ENVIRONMENT: 'prod', FLAGTREE_ALLOWED_ENVIRONMENTS: 'production,dev' });
    expect(await environmentsCheck(api)).toMatchObject({ status: 'up' });
    for (const name of ['prod', 'production', 'dev', 'development'])
      expect((await api.get(`/api/feature-flags/environment?env=${name}`)).body).toMatchObject({ by: 'query', ignored: null });
    expect((await api.get('/api/feature-flags/environment?env=staging')).body).toMatchObject({
      environment: 'production',
      by: 'default',
      ignored: { source: 'query', why: 'not-allowed' },
    });
  });
});
