import { describe, expect, it } from '@jest/globals';
import { told } from '../../testing/complaints.js';
import { validatePercentage, validatePrerequisites } from './validate-fields.js';

describe('of a percentage a person is told', () => {
  it.each<[unknown, string]>([
    ['50', 'a percentage is a number from 0 to 100, not "50"'],
    [null, 'a percentage is a number from 0 to 100, not null'],
    [NaN, 'a percentage is a number from 0 to 100, not NaN'],
    [-0.001, 'a percentage is a number from 0 to 100, not -0.001'],
    [100.001, 'a percentage is a number from 0 to 100, not 100.001'],
    [33.3333, 'a percentage has at most three decimals, not 33.3333'],
  ])('when it is %p', (value, expected) => expect(told(validatePercentage(value))).toEqual([`: ${expected}`]));
});

describe('of prerequisites a person is told', () => {
  const requires = (...flags: unknown[]) => flags.map((flag) => ({ flag, variants: ['on'] }));

  it('what a prerequisite has', () => {
    expect(told(validatePrerequisites({}))).toEqual([': prerequisites are a list, not an object']);
    expect(told(validatePrerequisites(['a']))).toEqual(['/0: a prerequisite is an object, not text']);
    expect(told(validatePrerequisites([{ flag: 'a', variants: ['on'], all: true }]))).toEqual([
      '/0/all: a prerequisite has no property "all"; it has flag, variants',
    ]);
    expect(told(validatePrerequisites([{}]))).toEqual([
      '/0/flag: a prerequisite needs "flag"',
      '/0/variants: a prerequisite needs "variants"',
    ]);
  });

  it('when there are more than a hundred', () => {
    const keys = Array.from({ length: 101 }, (_, index) => `f${index}`);
    expect(validatePrerequisites(requires(...keys.slice(1)))).toEqual([]);
    expect(told(validatePrerequisites(requires(...keys)))).toEqual([': prerequisites are at most 100, not 101']);
  });

  it('which key of a flag is none, or is required twice', () => {
    expect(told(validatePrerequisites(requires('-a', 7, 'a b', 'a'.repeat(256), '')))).toEqual([
      '/0/flag: "-a" is no flag key',
      '/1/flag: 7 is no flag key',
      '/2/flag: "a b" is no flag key',
      `/3/flag: "${'a'.repeat(60)}…" is no flag key`,
      '/4/flag: "" is no flag key',
    ]);
    expect(validatePrerequisites(requires('A', '0', 'a._-Z9', 'a'.repeat(255)))).toEqual([]);
    expect(told(validatePrerequisites(requires('a'.repeat(255), 'b', 'a'.repeat(255))))).toEqual([
      `/2/flag: "${'a'.repeat(60)}…" is required more than once: join the variants`,
    ]);
  });

  it('which required variants are wrong', () => {
    const variants = (list: unknown) => told(validatePrerequisites([{ flag: 'a', variants: list }]));
    expect(variants('on')).toEqual(['/0/variants: the required variants are a list, not text']);
    expect(variants([])).toEqual(['/0/variants: the required variants are at least 1']);
    expect(variants(Array(101).fill('on'))).toEqual(['/0/variants: the required variants are at most 100, not 101']);
    expect(variants(Array(100).fill('v'.repeat(255)))).toEqual([]);
    expect(variants(['on', '', 'v'.repeat(256), 7])).toEqual([
      '/0/variants/1: the key of a variant must not be empty',
      '/0/variants/2: the key of a variant has at most 255 characters, not 256',
      '/0/variants/3: the key of a variant is text, not a number',
    ]);
  });
});
