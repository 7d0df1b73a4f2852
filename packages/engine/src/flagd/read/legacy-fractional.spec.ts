import { describe, expect, it } from '@jest/globals';
import { state } from '../../testing/builders.js';
import type { JsonValue } from '../../types.js';
import { importFlagd } from './import-flagd.js';

const flags = (targeting: JsonValue) => ({
  flags: { f: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', targeting } },
});
const read = (targeting: JsonValue, lenient = false) => importFlagd(flags(targeting), state({}), null, { lenient });
const stored = (targeting: JsonValue) => {
  const { states, defects } = read(targeting);
  expect(defects).toEqual([]);
  return (states.flags[0]?.['rules'] as { targeting: JsonValue }[])[0]?.targeting;
};
const pairs = [['on', 5], ['off', 95]]; // prettier-ignore
const isPro = { '===': [{ var: 'tier' }, 'pro'] };

describe('an old fractionalEvaluation is read as its writer meant it [003-16]', () => {
  it.each<[string, JsonValue, JsonValue]>([
    ['by the key of the flag: by the targeting key', { fractionalEvaluation: ['f', ...pairs] }, { fractional: pairs }],
    ['with one list of pairs', { fractionalEvaluation: ['f', pairs] }, { fractional: pairs }],
    ['by an attribute: only where there is one', { fractionalEvaluation: ['email', ...pairs] }, { if: [{ '!!': [{ var: 'email' }] }, { fractional: [{ var: 'email' }, ...pairs] }, null] }],
    ['as a part of a condition: the variant that is served then', { if: [{ and: [isPro, { fractionalEvaluation: ['f', pairs] }] }, 'on', 'off'] }, { if: [{ and: [isPro, { '===': [{ fractional: pairs }, 'on'] }] }, 'on', 'off'] }],
    ['behind "!": the first variant', { if: [{ '!': [{ fractionalEvaluation: ['f', pairs] }] }, 'off'] }, { if: [{ '!': [{ '===': [{ fractional: pairs }, 'on'] }] }, 'off'] }],
    ['as a result', { if: [isPro, 'on', { fractionalEvaluation: ['f', pairs] }] }, { if: [isPro, 'on', { fractional: pairs }] }],
  ])('%s', (_what, old, modern) => {
    expect(stored(old)).toEqual(modern);
    const { rewritten } = read(old);
    expect(rewritten).toEqual([{ flag: 'f', pointer: expect.stringMatching(/^\/flags\/f\/targeting.*fractionalEvaluation$/), detail: expect.stringContaining('read as "fractional"'), expression: expect.anything() }]);
  }); // prettier-ignore

  it('unless its weights are no whole numbers that are 100 together', () => {
    for (const wrong of [
      [
        ['on', 5],
        ['off', 90],
      ],
      [
        ['on', 5.5],
        ['off', 94.5],
      ],
      [],
    ])
      // prettier-ignore
      expect(read({ fractionalEvaluation: ['f', ...wrong] }).defects[0]).toMatchObject({ code: 'bad-operands', pointer: '/flags/f/targeting/fractionalEvaluation' });
  });

  it('and a modern split of which only the truth counts is refused with what to write, where it is not there already', () => {
    const targeting = { if: [{ and: [isPro, { fractional: pairs }] }, 'on', 'off'] };
    expect(read(targeting).defects).toMatchObject([
      {
        code: 'always-true',
        pointer: '/flags/f/targeting/if/0/and/1/fractional',
        detail: expect.stringContaining('{"===":[{"fractional":[["on",5],["off",95]]},"on"]}'),
      },
    ]);
    expect(read(targeting, true).notKept).toEqual([{ flag: 'f', detail: expect.stringContaining('it is left out') }]);
    expect(stored({ if: [{ '===': [{ fractional: pairs }, 'on'] }, 'on', 'off'] })).toBeDefined();
  });
});
