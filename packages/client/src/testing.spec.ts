import { describe, expect, it } from '@jest/globals';
import { defineFlags, flag } from './flags.js';
import { aClient } from './specs/a-client.js';
import { aDocument, aRow, aText, forPros } from './specs/documents.js';
import { createTestClient, variantsOf, withFlags } from './testing.js';

const flags = defineFlags({
  'ui.dark_mode': flag.boolean(false),
  pricing_page: flag.string('control', { oneOf: ['control', 'higher_price'] }),
  size: flag.number(20),
});

describe('a test client', () => {
  it('answers with the values of the test, else with what the code defines, and knows what was asked', () => {
    const client = createTestClient({ flags, values: { 'ui.dark_mode': true } });
    expect([client.get('ui.dark_mode'), client.get('pricing_page'), client.get('ui.dark_mode')]).toEqual([true, 'control', true]);
    expect(client.asked()).toEqual(['ui.dark_mode', 'pricing_page']);
    expect(client.status()).toMatchObject({ transport: 'offline' });
  });

  it('throws for a key that is nowhere, unless it is told not to', () => {
    expect(() => createTestClient({ flags }).boolean('typo' as never)).toThrow(/The flag "typo" is nowhere/);
    expect(createTestClient({ strict: false }).boolean('typo', true)).toBe(true);
  });

  it('evaluates the rules of a document', () => {
    const client = createTestClient({ snapshot: aDocument({ page: aText({ rules: [forPros('b')] }) }) });
    expect([client.string('page'), client.string('page', '', { plan: 'pro' })]).toEqual(['a', 'b']);
  });
});

describe('withFlags', () => {
  it('holds along what is awaited, for parallel tests apart, and nests', async () => {
    const client = createTestClient({ flags });
    const seen = await Promise.all(
      [10, 20, 30].map((size) =>
        withFlags({ size }, async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return withFlags({ 'ui.dark_mode': true }, () => [client.get('size'), client.get('ui.dark_mode')]);
        }),
      ),
    );
    expect(seen).toEqual([[10, true], [20, true], [30, true]]); // prettier-ignore
    expect([client.get('size'), client.get('ui.dark_mode')]).toEqual([20, false]);
  });

  it('holds for every client of the process, and comes before all other overrides', () => {
    const { client } = aClient({
      options: { mode: 'offline', bootstrap: aDocument({ lamp: aRow() }) },
      variables: { FF_LAMP: 'true' },
    });
    client.override('lamp', true);
    const details = withFlags({ lamp: false }, () => client.details('lamp', true));
    expect(details).toMatchObject({ value: false, variant: 'off', reason: 'STATIC', source: 'override' });
    expect(withFlags({ lamp: 'text' }, () => client.details('lamp', true))).toMatchObject({
      value: true,
      errorCode: 'TYPE_MISMATCH',
    });
    expect(withFlags({ lamp: false }, () => client.all()['lamp'])).toMatchObject({ value: false });
  });
});

describe('variantsOf', () => {
  it('are all that the code can deal with', () => {
    expect([variantsOf(flags, 'ui.dark_mode'), variantsOf(flags, 'pricing_page')]).toEqual([
      [true, false],
      ['control', 'higher_price'],
    ]);
    expect(() => variantsOf(flags, 'size')).toThrow(/"size" can be anything/);
  });
});
