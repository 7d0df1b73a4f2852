import { describe, expect, it } from '@jest/globals';
import { told } from '../../testing/complaints.js';
import type { JsonValue } from '../../types.js';
import { validateConditions } from './validate-conditions.js';
import { validateRules } from './validate-rules.js';
import { storedConditionDefects } from './validate-conditions.js';

/** Of an expression that is to be written, and of one that is stored already. */
const said = (expression: unknown) => told(validateRules([{ id: 't', targeting: expression }]));
const saidOfStored = (expression: JsonValue) => told(storedConditionDefects([{ jsonLogic: expression }]));

const OPERATORS =
  'var missing missing_some if and or ! !! < <= > >= == != === !== + * - / % max min in merge cat substr map filter some none all reduce ' +
  'starts_with ends_with sem_ver fractional';

describe('of a targeting expression a person is told', () => {
  it.each<[unknown, string[]]>([
    ['on', ['/0/targeting: a targeting expression is an object such as { "if": […] }, not "on"']],
    [[], ['/0/targeting: a targeting expression is an object such as { "if": […] }, not a list']],
    [{ $ref: 'staff' }, ['/0/targeting: flagd knows "$ref" only inside an expression: name the segment in a condition']],
    [{ '!': [{}] }, ['/0/targeting/!/0: an expression inside another names an operator']],
    [{ '!': {} }, ['/0/targeting/!: an expression inside another names an operator']],
    [{ if: [1], or: [1] }, ['/0/targeting: an expression is an object with one operator, not with if, or']],
    [
      { a: 1, b: 1, c: 1, d: 1, ['e'.repeat(61)]: 1, f: 1 },
      [`/0/targeting: an expression is an object with one operator, not with a, b, c, d, ${'e'.repeat(60)}…`],
    ],
    [{ and: [{ 'a/b': [] }] }, [`/0/targeting/and/0/a~1b: flagd has no operator "a/b"; there are ${OPERATORS}`]],
    [{ and: [{ $ref: '' }] }, ['/0/targeting/and/0/$ref: a segment key must not be empty']],
    [{ and: [{ $ref: [] }] }, ['/0/targeting/and/0/$ref: a segment key is text, not a list']],
    [{ if: 'x' }, ['/0/targeting/if: "if" takes its operands in a list']],
    [
      {
        fractional: [
          ['a', 1],
          ['b', -1],
        ],
      },
      ['/0/targeting/fractional/1: a weight is a whole number from 0 on, or an expression, not -1'],
    ],
    [
      { cat: ['a', '\ud800'] },
      ['/0/targeting/cat/1: text in an expression holds U+0000 or an unpaired surrogate, which cannot be stored'],
    ],
    [
      { max: [NaN, 2 ** 53, -(2 ** 53), 1n, undefined] },
      [
        '/0/targeting/max/0: NaN is no JSON number',
        '/0/targeting/max/1: 9007199254740992 is above 2^53 − 1, and beyond that not every whole number can be told from the next',
        '/0/targeting/max/2: -9007199254740992 is below −(2^53 − 1), and beyond that not every whole number can be told from the next',
        '/0/targeting/max/3: an expression is JSON',
        '/0/targeting/max/4: an expression is JSON',
      ],
    ],
  ])('when it is %p', (expression, expected) => expect(said(expression)).toEqual(expected));

  it('nothing when it only has what JSON has', () => {
    expect(said({ if: [true, false, null, '', 0.1, 2 ** 53 - 1, -(2 ** 53 - 1), [[]], { $ref: 's'.repeat(255) }] })).toEqual([]);
    expect(said({ if: [{ $ref: 's'.repeat(256) }] })).toEqual([
      '/0/targeting/if/0/$ref: a segment key has at most 255 characters, not 256',
    ]);
  });

  it('when it nests more than 64 deep, a list around operands not counted', () => {
    const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown =>
      depth === 0 ? true : wrap(nested(depth - 1, wrap));
    const listed = (inner: unknown) => ({ '!': [inner] });
    const bare = (inner: unknown) => ({ '!': inner });
    const lists = (inner: unknown) => [inner];
    expect(said(nested(63, listed))).toEqual([]);
    expect(said(nested(64, listed))).toEqual([`/0/targeting${'/!/0'.repeat(64)}: targeting expressions nest at most 64 deep`]);
    expect(said(nested(63, bare))).toEqual([]);
    expect(said(nested(64, bare))).toEqual([`/0/targeting${'/!'.repeat(64)}: targeting expressions nest at most 64 deep`]);
    expect(said({ merge: [nested(62, lists)] })).toEqual([]);
    expect(said({ merge: [nested(63, lists)] })).toEqual([
      `/0/targeting/merge${'/0'.repeat(64)}: targeting expressions nest at most 64 deep`,
    ]);
  });

  it('once when all expressions together have more than ten thousand operators and values', () => {
    const merge = (length: number) => ({ jsonLogic: { merge: Array(length).fill(0) } });
    const tooMany = (at: string) => [`${at}: targeting expressions have at most 10000 operators and values together`];
    expect(validateConditions([merge(9_999)])).toEqual([]);
    expect(told(validateConditions([{ jsonLogic: { merge: [...Array<number>(9_998).fill(0), NaN] } }]))).toEqual([
      '/0/jsonLogic/merge/9998: NaN is no JSON number',
    ]);
    expect(told(validateConditions([merge(10_000)]))).toEqual(tooMany('/0/jsonLogic/merge/9999'));
    expect(told(validateConditions([merge(10_050)]))).toEqual(tooMany('/0/jsonLogic/merge/9999'));
    expect(validateConditions([merge(4_999), merge(4_999)])).toEqual([]);
    expect(told(validateConditions([merge(4_999), merge(5_050), merge(1)]))).toEqual(tooMany('/1/jsonLogic/merge/4999'));
    expect(
      told(
        validateRules([
          { id: 'a', targeting: { merge: Array(6_000).fill(0) } },
          { id: 'b', targeting: { cat: Array(6_000).fill(0) } },
        ]),
      ),
    ).toEqual(tooMany('/1/targeting/cat/3998'));
  });
});

describe('of a stored expression a person is told', () => {
  it('only what keeps it from being evaluated', () => {
    expect(saidOfStored({ '!': [{}] })).toEqual([]);
    expect(saidOfStored({ $ref: 'staff' })).toEqual([]);
    expect(saidOfStored({ fractional: 'x' })).toEqual([]);
    expect(saidOfStored(7)).toEqual(['/0/jsonLogic: a targeting expression is an object such as { "if": […] }, not 7']);
    expect(saidOfStored({ or: [{ no: 1 }] })).toEqual([
      `/0/jsonLogic/or/0/no: flagd has no operator "no"; there are ${OPERATORS}`,
    ]);
    expect(told(storedConditionDefects({}))).toEqual([': conditions are a list, not an object']);
    expect(told(storedConditionDefects([{ segment: 1 }]))).toEqual(['/0/segment: a segment key is text, not a number']);
  });
});
