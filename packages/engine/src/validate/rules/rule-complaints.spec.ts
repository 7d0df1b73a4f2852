import { describe, expect, it } from '@jest/globals';
import { told } from '../../testing/complaints.js';
import { validateRules } from './validate-rules.js';

const said = (more: object) => told(validateRules([{ id: 'r', conditions: [], serve: { variant: 'on' }, ...more }]));
const split = (entries: unknown, more: object = {}) => said({ serve: { split: entries, ...more } });
const ID = 'the id of a rule is 1 to 63 letters, digits, dots, underscores and dashes, the first a letter or digit';

describe('of rules a person is told', () => {
  it('what a rule has, and what one with targeting has instead', () => {
    expect(told(validateRules('x'))).toEqual([': rules are a list, not text']);
    expect(told(validateRules([1]))).toEqual(['/0: a rule is an object, not a number']);
    expect(said({ targetting: {} })).toEqual([
      '/0/targetting: a rule has no property "targetting"; it has id, serve, name, enabled, conditions, percentage',
    ]);
    expect(told(validateRules([{ id: 'r', targeting: {}, percentage: 5 }]))).toEqual([
      '/0/percentage: a rule with targeting has no property "percentage"; it has id, targeting, name, enabled',
    ]);
    expect(told(validateRules([{ targeting: {} }]))).toEqual(['/0/id: a rule with targeting needs "id"']);
    expect(told(validateRules(Array(201).fill({})))).toEqual([': rules are at most 200, not 201']);
  });

  it('which id, name, switch or percentage is wrong', () => {
    expect(said({ id: 'a b', name: 5, enabled: 'yes', percentage: 101 })).toEqual([
      `/0/id: ${ID}`,
      '/0/name: the name of a rule is text, not a number',
      '/0/enabled: "enabled" is true or false, not text',
      '/0/percentage: a percentage is a number from 0 to 100, not 101',
    ]);
    const twin = { id: 'r', targeting: {}, name: 'x', enabled: false };
    expect(told(validateRules([twin, twin, { ...twin, id: 's' }, twin]))).toEqual([
      '/1/id: there is more than one rule "r"',
      '/3/id: there is more than one rule "r"',
    ]);
    expect(
      told(
        validateRules([
          { id: 'a'.repeat(63), targeting: {} },
          { id: 'a'.repeat(63), targeting: {} },
        ]),
      ),
    ).toEqual([`/1/id: there is more than one rule "${'a'.repeat(60)}…"`]);
  });

  it('which of its conditions or its expression is wrong', () => {
    expect(said({ conditions: [{ segment: 's' }, { segment: 7 }] })).toEqual([
      '/0/conditions/1/segment: a segment key is text, not a number',
    ]);
    expect(told(validateRules([{ id: 'r', targeting: { if: 1 } }]))).toEqual([
      '/0/targeting/if: "if" takes its operands in a list',
    ]);
  });

  it('what to serve', () => {
    expect(said({ serve: [] })).toEqual(['/0/serve: "serve" is an object, not a list']);
    expect(said({ serve: {} })).toEqual(['/0/serve/variant: "serve" needs "variant"']);
    expect(said({ serve: { variant: 'on', weight: 1 } })).toEqual([
      '/0/serve/weight: "serve" has no property "weight"; it has variant',
    ]);
    expect(said({ serve: { variant: '' } })).toEqual(['/0/serve/variant: the key of a variant must not be empty']);
    expect(said({ serve: { variant: 'v'.repeat(256) } })).toEqual([
      '/0/serve/variant: the key of a variant has at most 255 characters, not 256',
    ]);
    expect(said({ serve: { variant: 'v'.repeat(255) } })).toEqual([]);
  });

  it('how to split', () => {
    expect(split([{ variant: 'on', weight: 1 }], { variant: 'on' })).toEqual([
      '/0/serve/variant: a "serve" with a split has no property "variant"; it has split, bucketBy',
    ]);
    expect(split({})).toEqual(['/0/serve/split: the entries of a split are a list, not an object']);
    expect(split([])).toEqual(['/0/serve/split: the entries of a split are at least 1']);
    expect(split(Array(101).fill({ variant: 'on', weight: 1 }))).toEqual([
      '/0/serve/split: the entries of a split are at most 100, not 101',
    ]);
    expect(split(Array(100).fill({ variant: 'on', weight: 1 }))).toEqual([]);
    expect(split([{ variant: 'on', weight: 0 }])).toEqual([
      '/0/serve/split: the weights of the split add up to 0: nobody could be served',
    ]);
    expect(
      split([
        { variant: 'on', weight: 2 ** 31 - 1 },
        { variant: 'off', weight: 1 },
      ]),
    ).toEqual(['/0/serve/split: the weights of the split add up to 2147483648, more than 2147483647']);
    expect(split([{ variant: 'on', weight: 1 }, 'off', { variant: 'a' }, { variant: 1, weight: 0.5, x: 1 }])).toEqual([
      '/0/serve/split/1: an entry of a split is an object, not text',
      '/0/serve/split/2/weight: an entry of a split needs "weight"',
      '/0/serve/split/3/x: an entry of a split has no property "x"; it has variant, weight',
      '/0/serve/split/3/variant: the key of a variant is text, not a number',
      '/0/serve/split/3/weight: a weight is a whole number from 0 to 2147483647, not 0.5',
    ]);
  });

  it('what to bucket by', () => {
    const entries = [{ variant: 'on', weight: 1 }];
    expect(split(entries, { bucketBy: 'user.id' })).toEqual([]);
    expect(split(entries, { bucketBy: 'a'.repeat(255) })).toEqual([]);
    expect(split(entries, { bucketBy: null })).toEqual(['/0/serve/bucketBy: "bucketBy" is text, not null']);
    expect(split(entries, { bucketBy: '' })).toEqual(['/0/serve/bucketBy: "bucketBy" must not be empty']);
    expect(split(entries, { bucketBy: 'a'.repeat(256) })).toEqual([
      '/0/serve/bucketBy: "bucketBy" has at most 255 characters, not 256',
    ]);
    expect(split(entries, { bucketBy: '$now' })).toEqual([
      '/0/serve/bucketBy: the moment of the evaluation is no bucket key: name an attribute of the context',
    ]);
  });
});
