import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, type EventDetails, OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/server-sdk';
import { CuttableLink } from '../../../test/evaluation/cuttable-link.js';
import { makeFlag } from '../../../test/evaluation/steps.js';
import { Api } from '../../../test/support/api.js';
import { startServer, type TestServer } from '../../../test/support/server.js';
import { until } from '../../../test/support/until.js';
import { FlagtreeProvider } from '../src/index.js';

const PRODUCTION = '/api/admin/environments/production/feature-flags';

let server: TestServer;
let admin: Api;
let link: CuttableLink;
let token: { id: string; token: string };

beforeAll(async () => {
  server = await startServer();
  admin = await Api.of(server.url, server.adminToken);
  await makeFlag(admin, 'changing');
  await makeFlag(admin, 'still');
  link = await CuttableLink.to(server.url);
  token = await newToken();
});
afterEach(() => OpenFeature.clearProviders());
afterAll(async () => {
  await OpenFeature.close();
  await server.stop();
});

const newToken = async () =>
  (
    await admin.post('/api/admin/tokens', {
      name: `events ${String(Math.random())}`,
      kind: 'client',
      environments: ['production'],
    })
  ).body as { id: string; token: string };

const provider = (rest: object = {}) =>
  new FlagtreeProvider({
    url: link.url,
    token: token.token,
    overrides: false,
    logger: false,
    pollInterval: '1s',
    readyTimeout: '20s',
    ...rest,
  });

interface Heard {
  client: Client;
  events: [ProviderEvents, Partial<EventDetails>][];
  has: (event: ProviderEvents) => boolean;
}

/** A client of the SDK, and what it has been told since. */
function listen(): Heard {
  const client = OpenFeature.getClient();
  const events: Heard['events'] = [];
  for (const event of [ProviderEvents.Ready, ProviderEvents.Stale, ProviderEvents.Error, ProviderEvents.ConfigurationChanged])
    client.addHandler(event, (details) => { events.push([event, details ?? {}]); }); // prettier-ignore
  return { client, events, has: (event) => events.some(([name]) => name === event) };
}

const turn = (enabled: boolean) => admin.patch(`${PRODUCTION}/changing`, { enabled });

describe('a provider', () => {
  it('tells of changes by the keys of their flags, after they are in force', async () => {
    await turn(true);
    await OpenFeature.setProviderAndWait(provider());
    const { client, events, has } = listen();
    const seen: Promise<boolean>[] = [];
    client.addHandler(ProviderEvents.ConfigurationChanged, () => {
      seen.push(client.getBooleanValue('changing', true));
    });
    await turn(false);
    await until(() => has(ProviderEvents.ConfigurationChanged), 'the change');
    expect(events.find(([name]) => name === ProviderEvents.ConfigurationChanged)?.[1]).toMatchObject({
      flagsChanged: ['changing'],
    });
    expect(await seen[0]).toBe(false);
  });

  it('is stale while the server cannot be reached, answers all the same, and is ready with the news when it is back', async () => {
    await turn(true);
    await OpenFeature.setProviderAndWait(provider());
    const { client, events, has } = listen();
    await link.cut();
    await until(() => has(ProviderEvents.Stale), 'STALE');
    expect(client.providerStatus).toBe('STALE');
    expect(await client.getBooleanDetails('changing', false)).toMatchObject({ value: true, reason: 'STATIC' });
    await turn(false);
    events.length = 0;
    await link.join();
    await until(() => has(ProviderEvents.Ready) && has(ProviderEvents.ConfigurationChanged), 'READY, and the change');
    expect(events.find(([name]) => name === ProviderEvents.ConfigurationChanged)?.[1]).toMatchObject({
      flagsChanged: ['changing'],
    });
    expect(client.providerStatus).toBe('READY');
    expect(await client.getBooleanValue('changing', true)).toBe(false);
  });

  it('is an error without a server, answers defaults, and is ready when there is one', async () => {
    await turn(true);
    await link.cut();
    const { client, has } = listen();
    const setting = OpenFeature.setProviderAndWait(provider({ readyTimeout: '500ms' }));
    await expect(setting).rejects.toThrow('There are no flags yet');
    await until(() => has(ProviderEvents.Error), 'ERROR');
    expect(client.providerStatus).toBe('ERROR');
    expect(await client.getBooleanDetails('changing', false)).toMatchObject({
      value: false,
      reason: 'ERROR',
      errorCode: 'PROVIDER_NOT_READY',
    });
    await link.join();
    await until(() => client.providerStatus === ProviderStatus.READY, 'READY');
    expect(await client.getBooleanValue('changing', false)).toBe(true);
  });

  it('is an error once when its token is revoked, with the words of the server, and goes on with what it knows', async () => {
    await turn(true);
    token = await newToken();
    await OpenFeature.setProviderAndWait(provider());
    const { client, events } = listen();
    await admin.delete(`/api/admin/tokens/${token.id}`);
    await link.cut();
    await link.join();
    const errors = () => events.filter(([name]) => name === ProviderEvents.Error);
    await until(() => errors().length > 0, 'ERROR');
    expect(errors()[0]?.[1].message).toMatch(/token/i);
    expect(client.providerStatus).toBe('ERROR');
    expect(await client.getBooleanDetails('changing', false)).toMatchObject({ value: true, reason: 'STATIC' });
    await turn(false);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(errors()).toHaveLength(1);
    token = await newToken();
  });

  it('says its name, and has no hooks of its own', async () => {
    await OpenFeature.setProviderAndWait(provider());
    expect(OpenFeature.getClient().metadata.providerMetadata.name).toBe('flagtree');
    expect(provider().hooks).toEqual([]);
  });
});
