import { afterEach, describe, expect, it } from '@jest/globals';
import { createClient, type SnapshotDocument, type TrackEvent } from '@flagtree/client';
import { createTestClient, withFlags } from '@flagtree/client/testing';
import {
  type EvaluationContext,
  FirstMatchStrategy,
  MultiProvider,
  OpenFeature,
  TypedInMemoryProvider,
} from '@openfeature/server-sdk';
import { FlagtreeProvider } from './index.js';

const flag = (type: string, value: unknown, rest: object = {}) => ({
  type,
  enabled: true,
  percentage: 100,
  rules: [],
  variants: [
    { key: 'it', value },
    { key: 'other', value: type === 'boolean' ? !value : value },
  ],
  defaultVariant: 'it',
  offVariant: null,
  bucketing: 'flagd-v2',
  salt: 'salt',
  onMissingKey: 'error',
  prerequisites: [],
  metadata: {},
  inheritedFrom: null,
  ...rest,
});

const since = { id: 'since', conditions: [{ attribute: 'joined', operator: 'equals', values: ['2026-01-02T03:04:05.000Z'] }] };

const DOCUMENT = {
  format: 1,
  environment: 'staging',
  revision: 7,
  etag: 'seven',
  segments: {},
  flags: {
    lamp: flag('boolean', true, { inheritedFrom: 'production' }),
    text: flag('string', 'hello'),
    sum: flag('number', 4.5),
    menu: flag('json', { items: [1, 2] }),
    off: flag('boolean', true, { enabled: false }),
    joined: flag('boolean', false, { rules: [{ ...since, serve: { variant: 'other' } }] }),
    broken: { defect: 'its rules are no list' },
  },
} as unknown as SnapshotDocument;

const offline = (events: TrackEvent[] = []) =>
  createClient({
    mode: 'offline',
    bootstrap: DOCUMENT,
    overrides: false,
    logger: false,
    exposures: { send: (batch) => events.push(...batch.filter((one) => one.type === 'track')) },
  });

const ask = async (provider: FlagtreeProvider = FlagtreeProvider.over(offline())) => {
  await OpenFeature.setProviderAndWait(provider);
  return OpenFeature.getClient();
};

afterEach(() => OpenFeature.clearProviders());

describe('values', () => {
  it('come with their variant, reason and origin, in the types of the flags', async () => {
    const flags = await ask();
    expect(await flags.getBooleanDetails('lamp', false)).toEqual({
      flagKey: 'lamp',
      value: true,
      variant: 'it',
      reason: 'STATIC',
      flagMetadata: { flagSetId: 'staging', version: '7', inheritedFrom: 'production', source: 'server' },
    });
    expect(await flags.getStringValue('text', '')).toBe('hello');
    expect(await flags.getNumberValue('sum', 0)).toBe(4.5);
    expect(await flags.getObjectValue('menu', {})).toEqual({ items: [1, 2] });
  });

  it('are the default where a flag is off, with the reason and without an error', async () => {
    const details = await (await ask()).getBooleanDetails('off', false);
    expect(details).toMatchObject({ value: false, reason: 'DISABLED' });
    expect(details.errorCode).toBeUndefined();
  });

  it.each([
    ['boolean', 'text'],
    ['string', 'sum'],
    ['number', 'menu'],
    ['object', 'text'],
    ['object', 'lamp'],
  ] as const)('are the default with TYPE_MISMATCH for a %s of the flag %s', async (type, key) => {
    const flags = await ask();
    const asked = {
      boolean: () => flags.getBooleanDetails(key, true),
      string: () => flags.getStringDetails(key, 'mine'),
      number: () => flags.getNumberDetails(key, 1),
      object: () => flags.getObjectDetails(key, { mine: true }),
    };
    const fallback = { boolean: true, string: 'mine', number: 1, object: { mine: true } }[type];
    expect(await asked[type]()).toMatchObject({ value: fallback, reason: 'ERROR', errorCode: 'TYPE_MISMATCH' });
  });

  it('are of the type that is asked for even where the default is none', async () => {
    const details = await (await ask()).getBooleanDetails('text', undefined as unknown as boolean);
    expect(details).toMatchObject({ reason: 'ERROR', errorCode: 'TYPE_MISMATCH' });
  });

  it.each([
    ['nowhere', 'FLAG_NOT_FOUND'],
    ['broken', 'PARSE_ERROR'],
  ])('are the default for the flag "%s", with %s', async (key, errorCode) => {
    expect(await (await ask()).getBooleanDetails(key, true)).toMatchObject({ value: true, reason: 'ERROR', errorCode });
  });

  it('are those of withFlags in tests, and say so', async () => {
    const flags = await ask();
    await withFlags({ lamp: false }, async () => {
      expect(await flags.getBooleanDetails('lamp', true)).toMatchObject({ value: false, flagMetadata: { source: 'override' } });
    });
  });
});

describe('a context', () => {
  it('may hold moments, at any depth', async () => {
    const flags = await ask();
    const joined = new Date('2026-01-02T03:04:05Z');
    expect(await flags.getBooleanValue('joined', false, { joined })).toBe(true);
    expect(await flags.getBooleanValue('joined', false, { joined: new Date(0), all: [{ joined }] })).toBe(false);
  });

  it('may come from anybody', async () => {
    const flags = await ask();
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const throwing = { get plan(): string { throw new Error('not now'); } }; // prettier-ignore
    for (const context of [cyclic, { at: new Date(Number.NaN) }, throwing].map((one) => one as EvaluationContext)) {
      const provider = FlagtreeProvider.over(offline());
      const details = await provider.resolveBooleanEvaluation('lamp', false, context);
      expect(details).toMatchObject({ value: false, reason: 'ERROR', errorCode: 'INVALID_CONTEXT' });
    }
    const hostile = JSON.parse('{"__proto__": {"plan": "pro"}, "constructor": 1}') as EvaluationContext;
    expect(await flags.getBooleanDetails('lamp', false, hostile)).toMatchObject({ value: true, reason: 'STATIC' });
  });
});

describe('a life', () => {
  it('ends with a client of its own, and begins anew when the provider is set again', async () => {
    const provider = new FlagtreeProvider({ mode: 'offline', bootstrap: DOCUMENT, overrides: false, logger: false });
    await ask(provider);
    await provider.onClose();
    expect(await provider.resolveBooleanEvaluation('lamp', false, {})).toMatchObject({ errorCode: 'PROVIDER_NOT_READY' });
    await OpenFeature.clearProviders();
    expect(await (await ask(provider)).getBooleanValue('lamp', false)).toBe(true);
  });

  it('leaves a client that it was given to its owner', async () => {
    const client = offline();
    await ask(FlagtreeProvider.over(client));
    await OpenFeature.clearProviders();
    expect(client.status().state).toBe('ready');
  });

  it('begins with an error where there is nothing, and answers the defaults', async () => {
    const client = createTestClient({ strict: false });
    await expect(OpenFeature.setProviderAndWait(FlagtreeProvider.over(client))).rejects.toThrow('There are no flags yet');
    const flags = OpenFeature.getClient();
    expect(flags.providerStatus).toBe('ERROR');
    expect(await flags.getBooleanDetails('lamp', true)).toMatchObject({ value: true, errorCode: 'PROVIDER_NOT_READY' });
  });

  it('refuses options that cannot work at once', () => {
    expect(() => new FlagtreeProvider({ url: 'nonsense', token: '' })).toThrow('url');
  });
});

describe('events of users', () => {
  it('reach the queue of the client, with their context', async () => {
    const told: TrackEvent[] = [];
    const client = offline(told);
    const flags = await ask(FlagtreeProvider.over(client));
    flags.track('bought', { targetingKey: 'ann' }, { value: 99.5, currency: 'EUR', at: new Date(0) });
    await client.flush();
    expect(told).toEqual([
      expect.objectContaining({
        event: 'bought',
        targetingKey: 'ann',
        environment: 'staging',
        details: { value: 99.5, currency: 'EUR', at: '1970-01-01T00:00:00.000Z' },
      }),
    ]);
  });
});

it('is one of several providers, and hears of what users do', async () => {
  const told: TrackEvent[] = [];
  const client = offline(told);
  const rest = new TypedInMemoryProvider({ elsewhere: { variants: { on: true }, defaultVariant: 'on', disabled: false } });
  const both = new MultiProvider([{ provider: FlagtreeProvider.over(client) }, { provider: rest }], new FirstMatchStrategy());
  await OpenFeature.setProviderAndWait(both);
  const flags = OpenFeature.getClient();
  expect(await flags.getBooleanValue('lamp', false)).toBe(true);
  expect(await flags.getBooleanValue('elsewhere', false)).toBe(true);
  flags.track('bought', {}, {});
  await client.flush();
  expect(told.map(({ event }) => event)).toEqual(['bought']);
});
