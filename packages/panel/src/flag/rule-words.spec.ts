import { expect, it } from '@jest/globals';
import { ruleInWords } from './rule-words.js';

type Rule = Parameters<typeof ruleInWords>[0];

it.each([
  [{ id: '1', serve: { variant: 'on' } }, 'everybody → on'],
  [
    {
      id: '1',
      name: 'Testers',
      conditions: [{ attribute: 'plan', operator: 'in', values: ['beta', 'staff'] }],
      serve: { variant: 'on' },
    },
    'Testers: if plan in beta, staff → on',
  ],
  [
    { id: '1', enabled: false, percentage: 5, conditions: [{ not: { segment: 'eu' } }], serve: { variant: 'on' } },
    'if not in segment eu for 5 % → on (paused)',
  ],
  [
    {
      id: '1',
      serve: {
        split: [
          { variant: 'a', weight: 1 },
          { variant: 'b', weight: 2 },
        ],
      },
    },
    'everybody → 1 a, 2 b',
  ],
  [{ id: '1', targeting: { if: [] } }, 'a targeting expression names the variant'],
  [{ id: '1', conditions: [{ any: [{ jsonLogic: true }, null] }], serve: {} }, 'if (an expression holds or ?) → ?'],
])('the rule %j is said as a sentence', (rule, words) => {
  expect(ruleInWords(rule as Rule)).toBe(words);
});
