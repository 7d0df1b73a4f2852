import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { type Client, type EvaluationContext, type JsonValue, OpenFeature } from '@openfeature/server-sdk';
import { Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { makeFlag, makeToken } from './steps.js';

interface Case {
  key: string;
  type: 'boolean' | 'string' | 'integer' | 'float' | 'object';
  default: unknown;
  context?: EvaluationContext;
  expect: { value: unknown; variant?: string; reason?: string; errorCode: string | null };
}

interface KitFlag {
  state: 'ENABLED' | 'DISABLED';
  variants: Record<string, unknown>;
  defaultVariant: string;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const kit = join(resolve(root, process.env['FLAGTREE_CONFORMANCE_DIR'] ?? '../shared/conformance'), 'provider-tck');
const read = (file: string) => JSON.parse(readFileSync(join(kit, file), 'utf8'));

(existsSync(kit) ? describe : describe.skip)(`the provider test kit (${existsSync(kit) ? 'found' : `not there: ${kit}`})`, () => {
  const cases: Case[] = existsSync(kit) ? read('cases.json').cases : [];
  let server: TestServer;
  let client: Client;

  beforeAll(async () => {
    server = await startServer();
    const api = await Api.of(server.url, server.adminToken);
    for (const [key, flag] of Object.entries<KitFlag>(read('flags.json').flags))
      await makeFlag(api, key, flagtreeFlag(key, flag, cases));
    const token = await makeToken(api, ['production']);
    await OpenFeature.setProviderAndWait(
      'kit',
      new OFREPProvider({ baseUrl: server.url, headers: { Authorization: `Bearer ${token}` } }),
    );
    client = OpenFeature.getClient('kit');
  });

  afterAll(async () => {
    await OpenFeature.close();
    await server.stop();
  });

  it.each(cases.map((each) => [`${each.key} as ${each.type} for ${each.context?.targetingKey ?? 'nobody'}`, each] as const))(
    '%s',
    async (_name, each) => {
      const details = await ask(client, each);
      const { errorCode, ...rest } = each.expect;
      expect(details).toMatchObject({ flagKey: each.key, ...rest });
      expect(details.errorCode ?? null).toBe(errorCode);
    },
  );
});

function ask(client: Client, { key, type, default: fallback, context }: Case) {
  if (type === 'boolean') return client.getBooleanDetails(key, fallback as boolean, context);
  if (type === 'string') return client.getStringDetails(key, fallback as string, context);
  if (type === 'object') return client.getObjectDetails(key, fallback as JsonValue, context);
  return client.getNumberDetails(key, fallback as number, context);
}

/** flagd's "disabled" means the caller's default; here it is the off variant, so the one that holds that default is taken for it. */
function flagtreeFlag(key: string, { state, variants, defaultVariant }: KitFlag, cases: readonly Case[]): object {
  const values = Object.entries(variants);
  const fallback = cases.find((each) => each.key === key)?.default;
  const off = values.find(([, value]) => value === fallback)?.[0] ?? null;
  const type = typeof values[0]?.[1];
  const hit = { attribute: 'targetingKey', operator: 'equals', values: ['5c3d8535-f81a-4478-a6d3-afaa4d51199e'] };
  return {
    type: type === 'object' ? 'json' : type,
    enabled: state === 'ENABLED',
    variants: values.map(([variant, value]) => ({ key: variant, value })),
    defaultVariant,
    offVariant: off,
    rules: key === 'targeting-key-flag' ? [{ id: 'hit', conditions: [hit], serve: { variant: 'hit' } }] : [],
  };
}
