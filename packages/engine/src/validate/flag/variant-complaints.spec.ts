import { describe, expect, it } from '@jest/globals';
import { told } from '../../testing/complaints.js';
import { validateVariants } from './validate-variants.js';

const said = (value: unknown) => told(validateVariants([{ key: 'a', value }], 'json'));
const members = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, index]));

describe('of variants a person is told', () => {
  it('what a variant has', () => {
    expect(told(validateVariants({}))).toEqual([': variants are a list, not an object']);
    expect(told(validateVariants(Array(101).fill({})))).toEqual([': variants are at most 100, not 101']);
    expect(told(validateVariants([7]))).toEqual(['/0: a variant is an object, not a number']);
    expect(told(validateVariants([{ key: 'a', value: 1, name: 'A' }]))).toEqual([
      '/0/name: a variant has no property "name"; it has key, value, weight, description',
    ]);
    expect(told(validateVariants([{ value: 1 }]))).toEqual(['/0/key: a variant needs "key"']);
    expect(told(validateVariants([{ key: '', value: 1, weight: -1, description: 5 }]))).toEqual([
      '/0/key: a variant key must not be empty',
      '/0/weight: a weight is a whole number from 0 to 2147483647, not -1',
      '/0/description: a description is text, not a number',
    ]);
  });

  it('which key there is twice or is too long', () => {
    const twins = ['a'.repeat(255), 'b', 'a'.repeat(255), 'c'].map((key) => ({ key, value: 1 }));
    expect(told(validateVariants(twins))).toEqual([`/2/key: there is more than one variant "${'a'.repeat(60)}…"`]);
    expect(told(validateVariants([{ key: 'a'.repeat(256), value: 1 }]))).toEqual([
      '/0/key: a variant key has at most 255 characters, not 256',
    ]);
  });

  it('which value is not of the type', () => {
    const values = [true, 'x', 7, null, {}].map((value, index) => ({ key: `v${index}`, value }));
    expect(told(validateVariants(values, 'boolean'))).toEqual([
      '/1/value: "x" is not of the flag\'s type, boolean',
      "/2/value: 7 is not of the flag's type, boolean",
      "/3/value: null is not of the flag's type, boolean",
      "/4/value: an object is not of the flag's type, boolean",
    ]);
    expect(validateVariants(values, 'string').map(({ pointer }) => pointer)).toEqual([0, 2, 3, 4].map((i) => `/${i}/value`));
    expect(validateVariants(values, 'number').map(({ pointer }) => pointer)).toEqual([0, 1, 3, 4].map((i) => `/${i}/value`));
    expect(validateVariants(values, 'json')).toEqual([]);
  });

  it('what in a value would not come back as it was', () => {
    expect(said({ a: [1, NaN, 2 ** 53], b: -(2 ** 53), c: 'x\u0000', d: 1n, e: [undefined] })).toEqual([
      '/0/value/a/1: NaN is no JSON number',
      '/0/value/a/2: 9007199254740992 is above 2^53 − 1, and beyond that not every whole number can be told from the next: send it as text',
      '/0/value/b: -9007199254740992 is below −(2^53 − 1), and beyond that not every whole number can be told from the next: send it as text',
      '/0/value/c: text in a value holds U+0000 or an unpaired surrogate, which cannot be stored',
      '/0/value/d: a value is JSON, not bigint',
      '/0/value/e/0: a value is JSON, not undefined',
    ]);
    expect(said({ 'x\u0000': 1, ok: true, ['k'.repeat(4097)]: 1 })).toEqual([
      '/0/value: a value cannot have a member named "x\u0000"',
      `/0/value: a value cannot have a member named "${'k'.repeat(60)}…"`,
    ]);
    expect(said(JSON.parse('{"a":{"__proto__":{}}}'))).toEqual(['/0/value/a: a value cannot have a member named "__proto__"']);
    expect(said({ ['k'.repeat(4096)]: [true, false, null, '', 0.1, 2 ** 53 - 1, -(2 ** 53 - 1)] })).toEqual([]);
  });

  it('when a text in a value is longer than 65,536 characters', () => {
    expect(said('x'.repeat(65_536))).toEqual([]);
    expect(said({ a: 'x'.repeat(65_537) })).toEqual(['/0/value/a: text in a value has at most 65536 characters, not 65537']);
  });

  it('when a value nests more than 32 deep, in lists as in objects', () => {
    const nest = (depth: number, wrap: (inner: unknown) => unknown): unknown => (depth === 0 ? 1 : wrap(nest(depth - 1, wrap)));
    for (const [step, wrap] of [
      ['/0', (inner: unknown) => [inner]],
      ['/x', (inner: unknown) => ({ x: inner })],
    ] as const) {
      expect(said(nest(32, wrap))).toEqual([]);
      expect(said(nest(33, wrap))).toEqual([`/0/value${step.repeat(32)}: a value nests at most 32 deep`]);
    }
  });

  it('once when a value has more than ten thousand members and elements, itself counted', () => {
    const told = (at: string) => [`/0/value${at}: a value has at most 10000 members and elements`];
    expect(said(Array(9_999).fill(0))).toEqual([]);
    expect(said(Array(10_050).fill(0))).toEqual(told('/9999'));
    expect(said(members(9_999))).toEqual([]);
    expect(said(members(10_050))).toEqual(told('/m9999'));
    expect(said([Array(6_000).fill(0), members(6_000), Array(6_000).fill(0), 'x\u0000'])).toEqual(told('/1/m3997'));
    expect(said({ a: members(6_000), b: members(6_000), c: NaN })).toEqual(told('/b/m3997'));
  });

  it('when nobody could be served, or the weights are more than can be told apart', () => {
    const weighed = (...weights: unknown[]) =>
      told(
        validateVariants(
          weights.map((weight, index) => ({ key: `v${index}`, value: 1, ...(weight !== undefined && { weight }) })),
        ),
      );
    expect(weighed(0, undefined, 0)).toEqual([': the weights of the variants add up to 0: nobody could be served']);
    expect(weighed(2 ** 31 - 1, 2)).toEqual([': the weights of the variants add up to 2147483649, more than 2147483647']);
    expect(weighed(2 ** 31 - 1, 0)).toEqual([]);
    expect(weighed(undefined, undefined)).toEqual([]);
    expect(weighed(2 ** 31 - 1, '5', 7)).toEqual([
      '/1/weight: a weight that is text is a number from 0 to 100 with at most 3 decimals and "%", such as "33.3 %", not "5"',
    ]);
  });

  it('nothing of the weights of what is no variant', () => {
    expect(told(validateVariants([{ key: 'a', value: 1, weight: 1 }, null]))).toEqual(['/1: a variant is an object, not null']);
  });
});
