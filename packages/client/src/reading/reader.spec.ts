import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { defineFlags, flag } from '../flags.js';
import { aClient } from '../specs/a-client.js';
import { aDocument, aRow, aText, forPros } from '../specs/documents.js';

const numbers = [
  { key: 'small', value: 10 },
  { key: 'large', value: 50 },
];
const FLAGS = {
  on: aRow(),
  off: aRow({ enabled: false }),
  page: aText({ rules: [forPros('b')] }),
  size: aRow({ type: 'number', variants: numbers, defaultVariant: 'small', offVariant: 'small' }),
  limits: aRow({ type: 'json', variants: [{ key: 'x', value: { max: 3 } }], defaultVariant: 'x', offVariant: null }),
  silent: aText({ enabled: false, offVariant: null }),
  half: aRow({ percentage: 50 }),
  broken: aRow({ rules: 'none' }),
  late: aRow({
    rules: [
      {
        id: 'r',
        conditions: [{ attribute: '$now', operator: 'after', values: ['2026-11-28T12:00:10Z'] }],
        serve: { variant: 'off' },
      },
    ],
  }),
};
const offline = <O extends object>(options: O) => ({
  mode: 'offline' as const,
  bootstrap: aDocument(FLAGS, { revision: 7 }),
  ...options,
});

describe('a reader', () => {
  const { client } = aClient({ options: offline({}) });

  it('answers with the value of the type that is asked for', () => {
    expect([client.boolean('on'), client.boolean('off', true)]).toEqual([true, false]);
    expect([client.string('page'), client.string('page', 'z', { plan: 'pro' })]).toEqual(['a', 'b']);
    expect([client.number('size'), client.json('limits')]).toEqual([10, { max: 3 }]);
    expect([client.get('on'), client.get('size'), client.get('limits')]).toEqual([true, 10, { max: 3 }]);
    expect([client.variant('on'), client.variant('page', { plan: 'pro' }), client.variant('silent')]).toEqual(['on', 'b', null]);
  });

  it('falls back to what the call says, else to the zero of the type', () => {
    expect([
      client.boolean('none'),
      client.string('none'),
      client.number('none'),
      client.json('none'),
      client.get('none'),
    ]).toEqual([false, '', 0, null, null]);
    expect([
      client.boolean('none', true),
      client.string('none', 'x'),
      client.number('none', 1),
      client.json('none', [1]),
    ]).toEqual([true, 'x', 1, [1]]);
    expect(client.string('silent', 'mine')).toBe('mine');
    expect(client.variant('none')).toBeNull();
  });

  it('takes a value of another type for none', () => {
    expect([client.boolean('page', true), client.string('on', 'x'), client.number('page', 4), client.json('page', 5)]).toEqual([
      true,
      'x',
      4,
      5,
    ]);
  });

  it('says in details who decided, and why', () => {
    const origin = { environment: 'production', revision: 7, inheritedFrom: null };
    expect(client.details('page', 'z', { plan: 'pro' })).toEqual({
      key: 'page',
      value: 'b',
      variant: 'b',
      reason: 'TARGETING_MATCH',
      source: 'server',
      ...origin,
    });
    expect(client.details('silent', 'z')).toEqual({
      key: 'silent',
      value: 'z',
      variant: null,
      reason: 'DISABLED',
      source: 'default',
      ...origin,
    });
    expect(client.details('none', 1)).toEqual({
      key: 'none',
      value: 1,
      variant: null,
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
      errorMessage: 'there is no flag "none" in production',
      source: 'default',
      ...origin,
    });
    expect(client.details('on', 'text')).toMatchObject({
      value: 'text',
      errorCode: 'TYPE_MISMATCH',
      errorMessage: 'flag "on" is of type boolean, and string was asked for',
    });
    expect(client.details('half', false)).toMatchObject({ value: false, errorCode: 'TARGETING_KEY_MISSING', reason: 'ERROR' });
    expect(client.details('broken', true)).toMatchObject({ value: true, errorCode: 'PARSE_ERROR' });
  });

  it('answers all flags at once, and counts none of them', () => {
    const before = client.stats().evaluations;
    const all = client.all({ targetingKey: 'u1', plan: 'pro' });
    expect(Object.keys(all)).toEqual(Object.keys(FLAGS).sort());
    expect(all['page']).toEqual(client.details('page', 'z', { plan: 'pro' }));
    expect(all['silent']).toMatchObject({ value: null, source: 'default' });
    expect(Object.keys(client.all({}, { keys: ['on', 'none'] }))).toEqual(['on', 'none']);
    expect(client.stats().evaluations).toMatchObject({ TARGETING_MATCH: before.TARGETING_MATCH + 1, DISABLED: before.DISABLED });
  });

  it('looks at the clock for a flag that asks for the time', async () => {
    const { client: own, clock } = aClient({ options: offline({}) });
    expect(own.boolean('late')).toBe(true);
    await clock.advance(11_000);
    expect(own.boolean('late')).toBe(false);
  });

  it('reads own members of a context alone, and survives a context that cannot be read', () => {
    const inherited = Object.create({ plan: 'pro' }) as { plan: string };
    expect(client.string('page', 'z', inherited)).toBe('a');
    const trap = { get plan(): string { throw new Error('no'); } }; // prettier-ignore
    expect(client.details('page', 'z', trap)).toMatchObject({
      value: 'z',
      errorCode: 'INVALID_CONTEXT',
      errorMessage: 'the context cannot be read: no',
    });
    const proxy = new Proxy({}, { get: () => { throw new Error('no'); }, ownKeys: () => { throw new Error('no'); }, getPrototypeOf: () => { throw new Error('no'); } }); // prettier-ignore
    expect(client.string('page', 'z', proxy)).toBe('z');
    expect(client.string('page', 'z', JSON.parse('{"__proto__":{"plan":"pro"}}'))).toBe('a');
    expect(client.string('page', 'z', null as never)).toBe('a');
    expect(client.details('page', 'z', 5 as never)).toMatchObject({ errorCode: 'INVALID_CONTEXT' });
    expect(client.bind({ plan: 'pro' }).string('page', 'z', trap)).toBe('z');
  });

  it('counts by reason, names keys that are nowhere, and remembers not more of them than it must', () => {
    const { client: own } = aClient({ options: offline({}) });
    for (let count = 0; count < 5_000; count++) own.boolean(`made-up-${count}`);
    own.boolean('on');
    own.string('page', '', { plan: 'pro' });
    const { evaluations, fallbacks, unknownKeys } = own.stats();
    expect(evaluations).toEqual({ STATIC: 1, DEFAULT: 0, TARGETING_MATCH: 1, SPLIT: 0, DISABLED: 0, ERROR: 5_000 });
    expect(fallbacks).toEqual({ FLAG_NOT_FOUND: 5_000 });
    expect(unknownKeys).toHaveLength(100);
  });
});

describe('a reader with definitions', () => {
  const flags = defineFlags({
    on: flag.boolean(false),
    page: flag.string('b', { oneOf: ['b', 'c'] }),
    size: flag.number(5),
    local: flag.string('here'),
    silent: flag.string('quiet'),
  });
  const { client } = aClient({ options: offline({ flags }) });

  it('needs no fallback: that of the definition decides last [001-7]', () => {
    expect([client.get('on'), client.get('size'), client.get('local'), client.string('local'), client.get('silent')]).toEqual([
      true,
      10,
      'here',
      'here',
      'quiet',
    ]);
    expect(client.string('local', 'call')).toBe('call');
  });

  it('takes a text that the code does not know for none', () => {
    expect(client.get('page')).toBe('b');
    expect(client.details('page', 'z')).toMatchObject({ value: 'z', errorCode: 'TYPE_MISMATCH' });
    expect(client.get('page', { plan: 'pro' })).toBe('b');
    expect(client.details('page', 'b', { plan: 'pro' })).toMatchObject({ value: 'b', variant: 'b', source: 'server' });
  });

  it('has the flags of the code among all', () => {
    expect(client.all()['local']).toMatchObject({ value: 'here', source: 'default', errorCode: 'FLAG_NOT_FOUND' });
  });
});

describe('the order of who is believed', () => {
  it('is override(), the process, .env.local, the server, the call, the definition [001-5] [001-14]', () => {
    const flags = defineFlags({ on: flag.boolean(true), page: flag.string('code') });
    const { client } = aClient({ options: offline({ flags }), variables: { FF_ON: 'false', FF_NEW: '7', FF_PAGE: 'variant:c' } });
    expect(client.details('on', true)).toMatchObject({ value: false, variant: 'off', reason: 'STATIC', source: 'override' });
    client.override('on', true);
    expect(client.boolean('on')).toBe(true);
    client.override('on', undefined);
    expect(client.boolean('on', true)).toBe(false);
    expect(client.number('new' as never, 1)).toBe(7);
    expect(client.get('page')).toBe('c');
  });

  it('passes over what does not fit the type that is asked for, and says so once', () => {
    const { client, log } = aClient({ options: offline({}), variables: { FF_ON: 'yes' } });
    for (let call = 0; call < 3; call++) expect(client.boolean('on')).toBe(true);
    expect(log).toEqual([
      '[flagtree] Flags are overridden in this process: FF_ON',
      '[flagtree] FF_ON=yes does not fit "on": write true or false, or variant:<key>',
    ]);
  });

  it('has the variables of .env.local on the machine of a developer, below those of the process [001-16]', () => {
    const directory = mkdtempSync(join(tmpdir(), 'flagtree-dotenv-'));
    writeFileSync(join(directory, '.env.local'), 'FF_ON=false\nFF_PAGE="c"\nOTHER=1\n');
    const on = (variables: Record<string, string>) => {
      const { client } = aClient({ options: offline({}), directory, variables });
      return [client.boolean('on'), client.details('on', true).source];
    };
    expect(on({ NODE_ENV: 'development' })).toEqual([false, 'override']);
    expect(on({ NODE_ENV: 'development', FF_ON: 'true' })).toEqual([true, 'override']);
    expect(on({ NODE_ENV: 'production' })).toEqual([true, 'server']);
    rmSync(directory, { recursive: true });
  });

  it('can be switched off', () => {
    const variables = { FF_ON: 'false' };
    expect(aClient({ options: offline({ overrides: false }), variables }).client.boolean('on')).toBe(true);
    expect(aClient({ options: offline({}), variables: { ...variables, FLAGTREE_OVERRIDES: 'off' } }).client.boolean('on')).toBe(
      true,
    );
  });
});

describe('the context of a call', () => {
  const { client } = aClient({ options: offline({}) });
  const pro = { plan: 'pro' };

  it('is that of run() where the call has none, along whatever is awaited', async () => {
    const seen = await Promise.all(
      ['pro', 'free', 'pro'].map((plan) =>
        client.run({ plan }, async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return client.string('page');
        }),
      ),
    );
    expect(seen).toEqual(['b', 'a', 'b']);
    expect(client.run(pro, () => client.string('page', '', {}))).toBe('a');
    expect(client.string('page')).toBe('a');
  });

  it('is put over that of bind()', () => {
    const bound = client.bind(pro);
    expect([
      bound.string('page'),
      bound.string('page', '', { targetingKey: 'x' }),
      bound.string('page', '', { plan: 'free' }),
    ]).toEqual(['b', 'b', 'a']);
    expect(client.run({ plan: 'free' }, () => bound.string('page'))).toBe('b');
  });
});
