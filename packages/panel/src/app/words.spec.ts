import { describe, expect, it } from '@jest/globals';
import { ago, fieldValue, percent, wordsOf } from './words.js';

describe('the words of a cell', () => {
  it.each([
    [{ on: false, own: 'no' }, 'Off', 'off', '↖ default'],
    [{ on: true, own: 'no', from: 'production' }, 'On', 'on', '↖ production'],
    [{ on: true, own: 'differs', percentage: 20, rules: 2 }, '20 %', 'part', 'Set here'],
    [{ on: false, own: 'same', value: '"blue"' }, 'Off', 'off', 'Set here · same'],
    [{ on: true, own: 'differs', value: '"blue"' }, '"blue"', 'chip', 'Set here'],
    [{ on: true, own: 'no', split: true }, 'Split', 'part', '↖ default'],
  ] as const)('of %j', (face, value, glyph, origin) => {
    expect(wordsOf({ ...face })).toMatchObject({ value, glyph, origin });
  });

  it('never say off of what is not known', () => {
    expect([wordsOf(undefined).value, wordsOf(null).value]).toEqual(['—', '—']);
  });
});

it('rounds percentages to what fits', () => {
  expect([percent(33.333), percent(0.5), percent(100)]).toEqual(['33.3 %', '0.5 %', '100 %']);
});

it('says fields as one reads them', () => {
  expect([
    fieldValue('rules', [1]),
    fieldValue('enabled', false),
    fieldValue('percentage', 5),
    fieldValue('offVariant', null),
  ]).toEqual(['1 rule', 'Off', '5 %', '—']);
});

it('says how long ago', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  expect(['2026-11-20T11:59:40Z', '2026-11-20T11:57:00Z', '2026-11-18T12:00:00Z'].map((at) => ago(at, now))).toEqual([
    'just now',
    '3 minutes ago',
    '2 days ago',
  ]);
});
