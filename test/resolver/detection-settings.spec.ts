import { afterEach, describe, expect, it } from '@jest/globals';
import { makeFlag, makeToken, setOverride } from '../evaluation/steps.js';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

const WHERE = '/api/feature-flags/environment';
let server: TestServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function serverWith(env: Record<string, string>): Promise<Api> {
  server = await startServer({ env });
  return Api.of(server.url, server.adminToken);
}

/** What a request with these headers and this query resolves to, in one word each. */
async function resolved(api: Api, query: string, headers: Record<string, string>) {
  const { status, body, headers: sent } = await api.get(WHERE + query, { headers });
  return [status, sent.get('x-resolved-environment'), body.by ?? body.code, body.ignored?.why ?? null];
}

describe('the settings of environment detection', () => {
  it('hold an allow-list, own names, and another default', async () => {
    const api = await serverWith({
      FLAGTREE_ALLOWED_ENVIRONMENTS: 'staging,ghost',
      FLAGTREE_DEFAULT_ENVIRONMENT: 'staging',
      FLAGTREE_ENVIRONMENT_HEADER: 'X-Stage',
      FLAGTREE_ENVIRONMENT_QUERY_PARAM: 'stage',
    });
    expect(await resolved(api, '', { 'x-sTAGE': 'staging' })).toEqual([200, 'staging', 'header', null]);
    expect(await resolved(api, '?stage=staging', {})).toEqual([200, 'staging', 'query', null]);
    expect(await resolved(api, '?stage=staging', { 'X-Stage': 'production' })).toEqual([
      200,
      'staging',
      'default',
      'not-allowed',
    ]);
    expect(await resolved(api, '?stage=development', {})).toEqual([200, 'staging', 'default', 'not-allowed']);
    expect(await resolved(api, '?stage=ghost', {})).toEqual([404, 'ghost', 'environment-not-found', null]);
    expect(await resolved(api, '?env=production', { 'X-Environment': 'production' })).toEqual([200, 'staging', 'default', null]);
    const confined = api.as(await makeToken(api, ['development']));
    expect(await resolved(confined, '', {})).toEqual([403, 'staging', 'environment-forbidden', null]);
  });

  it('turn detection by query off', async () => {
    const api = await serverWith({ FLAGTREE_ENVIRONMENT_QUERY_PARAM: '' });
    expect(await resolved(api, '?env=staging', {})).toEqual([200, 'production', 'default', null]);
    expect(await resolved(api, '?env=staging', { 'X-Environment': 'development' })).toEqual([200, 'development', 'header', null]);
    expect(await resolved(api.as(await makeToken(api, ['staging'])), '?env=production', {})).toEqual([
      200,
      'staging',
      'token',
      null,
    ]);
  });

  it('turn detection off altogether, and inheritance with it', async () => {
    const api = await serverWith({
      FLAGTREE_ENVIRONMENT_DETECTION: 'false',
      FLAGTREE_ENVIRONMENT_INHERITANCE: 'false',
      FLAGTREE_DEFAULT_ENVIRONMENT: 'staging',
    });
    expect(await resolved(api, '?env=development', { 'X-Environment': 'production' })).toEqual([200, 'staging', 'default', null]);
    expect(await resolved(api.as(await makeToken(api, ['development'])), '', {})).toEqual([
      403,
      'staging',
      'environment-forbidden',
      null,
    ]);
    await makeFlag(api, 'a-flag');
    await setOverride(api, 'production', 'a-flag', { enabled: false });
    const { body } = await api.post('/api/feature-flags/evaluate', { context: {} });
    expect(body).toMatchObject({ environment: 'staging', flags: { 'a-flag': { value: true, metadata: {} } } });
    expect((await api.get(WHERE)).body.chain).toEqual(['staging']);
  });
});
