import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Client, EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { CONFORMANCE } from '../conformance/conformance-data.js';
import type { Api } from '../support/api.js';
import { makeFlag } from './steps.js';

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

const kit = join(CONFORMANCE, 'provider-tck');
const isThere = existsSync(kit);
const read = (file: string) => JSON.parse(readFileSync(join(kit, file), 'utf8'));
const cases: Case[] = isThere ? read('cases.json').cases : [];

/** The expectations of OpenFeature's provider test kit; `prepare` registers what makes the SDK's client, and `client` is it. */
export function providerTestKit(provider: string, prepare: () => void, client: () => Client): void {
  const title = `the provider test kit, with ${provider} (${isThere ? 'found' : `not there: ${kit}`})`;
  (isThere ? describe : describe.skip)(title, () => {
    prepare();
    const named = cases.map((each) => [nameOf(each), each] as const);
    if (!isThere) it('is not there', () => undefined);
    else
      it.each(named)('%s', async (_name, each) => {
        const details = await ask(client(), each);
        const { errorCode, ...rest } = each.expect;
        expect(details).toMatchObject({ flagKey: each.key, ...rest });
        expect(details.errorCode ?? null).toBe(errorCode);
      });
  });
}

/** Makes the flags of the kit. */
export async function makeKitFlags(api: Api): Promise<void> {
  for (const [key, flag] of Object.entries<KitFlag>(read('flags.json').flags)) await makeFlag(api, key, flagtreeFlag(key, flag));
}

const nameOf = ({ key, type, context }: Case) => `${key} as ${type} for ${context?.targetingKey ?? 'nobody'}`;

function ask(client: Client, { key, type, default: fallback, context }: Case) {
  if (type === 'boolean') return client.getBooleanDetails(key, fallback as boolean, context);
  if (type === 'string') return client.getStringDetails(key, fallback as string, context);
  if (type === 'object') return client.getObjectDetails(key, fallback as JsonValue, context);
  return client.getNumberDetails(key, fallback as number, context);
}

/** flagd's "disabled" means the caller's default; here it is the off variant, so the one that holds that default is taken for it. */
function flagtreeFlag(key: string, { state, variants, defaultVariant }: KitFlag): object {
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
