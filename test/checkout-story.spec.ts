import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { type Client, OpenFeature } from '@openfeature/server-sdk';
import { editFlag, makeEnvironment, makeFlag, makeToken, setOverride } from './evaluation/steps.js';
import { Api } from './support/api.js';
import { startServer, type TestServer } from './support/server.js';

const FLAG = 'new-checkout-flow';
const USERS = Array.from({ length: 500 }, (_, at) => `user-${String(at)}`);
let server: TestServer;
let api: Api;

/** What an application in this environment has: the stock SDK with the stock OFREP provider, and a token of its own. */
async function application(slug: string): Promise<Client> {
  const token = await makeToken(api, [slug]);
  const provider = new OFREPProvider({ baseUrl: server.url, headers: [['Authorization', `Bearer ${token}`]] });
  await OpenFeature.setProviderAndWait(slug, provider);
  return OpenFeature.getClient(slug);
}

const usersWhoGetIt = async (client: Client) => {
  const values = await Promise.all(USERS.map((targetingKey) => client.getBooleanValue(FLAG, false, { targetingKey })));
  return USERS.filter((_, at) => values[at]);
};

beforeAll(async () => {
  server = await startServer();
  api = await Api.of(server.url, server.adminToken);
});

afterAll(async () => {
  await OpenFeature.close();
  await server.stop();
});

describe('the new checkout goes out', () => {
  let production: Client;
  let staging: Client;
  let development: Client;
  let qa: Client;

  beforeAll(async () => {
    await makeEnvironment(api, 'qa', 'staging');
    [production, staging, development, qa] = [
      await application('production'),
      await application('staging'),
      await application('development'),
      await application('qa'),
    ];
    await makeFlag(api, FLAG, { enabled: false });
    await setOverride(api, 'staging', FLAG, { enabled: true, percentage: 100, reason: 'try it out' });
    await setOverride(api, 'production', FLAG, { enabled: true, percentage: 10, reason: 'first users' });
    await setOverride(api, 'qa', FLAG, { enabled: false, reason: 'tests the old checkout' });
  });

  it('to everybody in staging, a tenth of the users in production, and to development as to staging', async () => {
    expect(await usersWhoGetIt(staging)).toEqual(USERS);
    expect(await usersWhoGetIt(development)).toEqual(USERS);
    expect(await usersWhoGetIt(qa)).toEqual([]);
    const share = (await usersWhoGetIt(production)).length / USERS.length;
    expect(share).toBeGreaterThan(0.06);
    expect(share).toBeLessThan(0.14);
  });

  it('and says where each answer comes from', async () => {
    const inherited = await development.getBooleanDetails(FLAG, false, { targetingKey: 'user-1' });
    expect(inherited).toMatchObject({
      value: true,
      variant: 'on',
      reason: 'STATIC',
      flagMetadata: { flagSetId: 'development', inheritedFrom: 'staging' },
    });
    const own = await staging.getBooleanDetails(FLAG, false, { targetingKey: 'user-1' });
    expect(own.flagMetadata).toEqual({ flagSetId: 'staging', version: inherited.flagMetadata['version'] });
    expect(await production.getBooleanDetails(FLAG, false, { targetingKey: 'user-1' })).toMatchObject({ reason: 'SPLIT' });
  });

  it('to the same users and some more when the share is raised', async () => {
    const tenth = await usersWhoGetIt(production);
    await editFlag(api, FLAG, { environment: 'production', percentage: 20 });
    const fifth = await usersWhoGetIt(production);
    expect(tenth.filter((user) => !fifth.includes(user))).toEqual([]);
    expect(fifth.length).toBeGreaterThan(tenth.length);
  });

  it('and follows its parent at once, unless an environment says otherwise', async () => {
    const on = (client: Client) => client.getBooleanValue(FLAG, false, { targetingKey: 'user-1' });
    const everywhere = async () => [await on(staging), await on(development), await on(qa)];
    expect(await everywhere()).toEqual([true, true, false]);
    await editFlag(api, FLAG, { environment: 'staging', enabled: false, reason: 'incident' });
    expect(await everywhere()).toEqual([false, false, false]);
    await editFlag(api, FLAG, { environment: 'staging', enabled: true });
    expect(await everywhere()).toEqual([true, true, false]);
    await editFlag(api, FLAG, { environment: 'qa', enabled: null });
    expect(await everywhere()).toEqual([true, true, true]);
    await setOverride(api, 'staging', FLAG, { percentage: 0 });
    expect(await everywhere()).toEqual([false, false, false]);
    await setOverride(api, 'staging', FLAG, { percentage: 100 });
    await setOverride(api, 'production', FLAG, { enabled: false });
    expect(await everywhere()).toEqual([false, false, false]);
  });
});

describe('flags of every type', () => {
  let client: Client;

  beforeAll(async () => {
    client = await application('production');
    const variants = (a: unknown, b: unknown) => ({ variants: [{ key: 'a', value: a }, { key: 'b', value: b }], defaultVariant: 'a', offVariant: 'b' }); // prettier-ignore
    await makeFlag(api, 'type.boolean', { type: 'boolean', ...variants(true, false) });
    await makeFlag(api, 'type.string', { type: 'string', ...variants('blue', '') });
    await makeFlag(api, 'type.number', { type: 'number', ...variants(-0.5, 0) });
    await makeFlag(api, 'type.json', { type: 'json', ...variants({ cards: ['visa'], limit: null, nested: { on: true } }, {}) });
  });

  const asked = async () => [
    await client.getBooleanDetails('type.boolean', false),
    await client.getStringDetails('type.string', 'default'),
    await client.getNumberDetails('type.number', 7),
    await client.getObjectDetails('type.json', { default: true }),
  ];

  it('reach the application with their own type', async () => {
    const details = await asked();
    expect(details.map(({ value }) => value)).toEqual([
      true,
      'blue',
      -0.5,
      { cards: ['visa'], limit: null, nested: { on: true } },
    ]);
    expect(details.map(({ variant, reason, errorCode }) => [variant, reason, errorCode])).toEqual(
      Array(4).fill(['a', 'STATIC', undefined]),
    );
  });

  it('give their off variant when they are off', async () => {
    for (const type of ['boolean', 'string', 'number', 'json']) await editFlag(api, `type.${type}`, { enabled: false });
    const details = await asked();
    expect(details.map(({ value }) => value)).toEqual([false, '', 0, {}]);
    expect(details.map(({ variant, reason }) => [variant, reason])).toEqual(Array(4).fill(['b', 'DISABLED']));
  });

  it("give the application's own default when they are off and have no off variant", async () => {
    for (const type of ['boolean', 'string', 'number', 'json']) await editFlag(api, `type.${type}`, { offVariant: null });
    expect((await asked()).map(({ value }) => value)).toEqual([false, 'default', 7, { default: true }]);
  });

  it("give the application's own default when they are asked for with another type, do not exist, or need a targeting key", async () => {
    await editFlag(api, 'type.string', { enabled: true });
    expect(await client.getNumberDetails('type.string', 7)).toMatchObject({
      value: 7,
      reason: 'ERROR',
      errorCode: 'TYPE_MISMATCH',
    });
    expect(await client.getStringDetails('no-such-flag', 'x')).toMatchObject({
      value: 'x',
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
    });
    await editFlag(api, 'type.boolean', { enabled: true, percentage: 50 });
    expect(await client.getBooleanDetails('type.boolean', false)).toMatchObject({
      value: false,
      reason: 'ERROR',
      errorCode: 'TARGETING_KEY_MISSING',
    });
  });
});

describe("the operators' commands", () => {
  const run = promisify(execFile);

  /** The real curl, as in a runbook: only the host and a token are added. */
  async function curl(...args: string[]) {
    const line = args.map((arg) => (arg.startsWith('/') ? server.url + arg : arg));
    const { stdout } = await run('curl', [
      '--silent',
      '--show-error',
      '-H',
      `Authorization: Bearer ${server.adminToken}`,
      '-w',
      '\n%{http_code}',
      ...line,
    ]);
    const [, text = '', status = ''] = /^(.*)\n(\d{3})$/s.exec(stdout) ?? [];
    return { status: Number(status), body: text === '' ? undefined : JSON.parse(text) };
  }

  beforeAll(async () => {
    for (const key of ['ui.dark_mode', 'ui.new_feature', 'ui.problem_feature']) await makeFlag(api, key, { enabled: false });
  });

  it('read a flag as it is in an environment', async () => {
    const { status, body } = await curl('/api/admin/feature-flags/ui.dark_mode?env=staging');
    expect([status, body]).toMatchObject([
      200,
      {
        key: 'ui.dark_mode',
        environment: 'staging',
        enabled: false,
        resolved: { enabled: { value: false, source: { kind: 'flag' }, state: 'inherited' } },
      },
    ]);
  });

  it.each([
    ['with a content type', ['-H', 'Content-Type: application/json'], true],
    ['as curl sends it by itself', [], false],
  ])('turn a flag on and off in one environment, the JSON sent %s', async (_how, headers, enabled) => {
    const edit = `{"enabled": ${String(enabled)}, "environment": "staging"}`;
    const { status, body } = await curl('-X', 'PATCH', '/api/admin/feature-flags/ui.dark_mode', ...headers, '-d', edit);
    expect([status, body]).toMatchObject([
      200,
      {
        environment: 'staging',
        enabled,
        resolved: { enabled: { value: enabled, source: { kind: 'environment', slug: 'staging' } } },
      },
    ]);
    const evaluated = await curl(
      '-X',
      'POST',
      '/ofrep/v1/evaluate/flags/ui.dark_mode',
      '-H',
      'X-Environment: development',
      '-d',
      '{"context": {}}',
    );
    expect([evaluated.status, evaluated.body]).toMatchObject([200, { value: enabled, metadata: { inheritedFrom: 'staging' } }]);
    const elsewhere = await curl('/api/admin/feature-flags/ui.dark_mode?env=production');
    expect(elsewhere.body.resolved.enabled).toMatchObject({ value: false, source: { kind: 'flag' } });
  });

  it("read a flag's audit entries", async () => {
    await curl(
      '-X',
      'PATCH',
      '/api/admin/feature-flags/ui.new_feature',
      '-d',
      '{"enabled": true, "environment": "staging", "reason": "Incident #123"}',
    );
    const { status, body } = await curl('/api/flags/audit?flag=ui.new_feature');
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      {
        flag: 'ui.new_feature',
        action: 'enable',
        environment: 'staging',
        reason: 'Incident #123',
        user: expect.stringMatching(/^token:/),
      },
      { flag: 'ui.new_feature', action: 'created', environment: null },
    ]);
    for (const entry of body.items) {
      expect(Object.keys(entry)).toEqual(
        expect.arrayContaining(['timestamp', 'revision', 'before', 'after', 'requestId', 'hash']),
      );
    }
  });

  it('are told what is wrong when they make a mistake', async () => {
    const typo = await curl(
      '-X',
      'PATCH',
      '/api/admin/feature-flags/ui.dark_mode',
      '-d',
      '{"enabled": true, "environment": "stagin"}',
    );
    expect([typo.status, typo.body]).toMatchObject([
      404,
      { code: 'environment-not-found', detail: expect.stringContaining('"stagin"') },
    ]);
    const noJson = await curl('-X', 'PATCH', '/api/admin/feature-flags/ui.dark_mode', '-d', 'enabled=true');
    expect([noJson.status, noJson.body]).toMatchObject([400, { code: 'invalid-json' }]);
  });
});
