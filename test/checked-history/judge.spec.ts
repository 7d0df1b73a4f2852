import { describe, expect, it } from '@jest/globals';
import { type Entry, judge, type Operation } from './judge.js';

const entry = (mark: string, revision: number, after: string | null = null): Entry => ({ mark, revision, after });
const operation = (mark: string, outcome: Operation['outcome'], basedOn?: string): Operation => ({
  mark,
  outcome,
  at: 'once',
  ...(basedOn !== undefined && { basedOn }),
});
const acknowledged = (mark: string, revision: number, basedOn?: string) =>
  operation(mark, { kind: 'acknowledged', revision }, basedOn);

describe('the judge of a history', () => {
  it('has nothing to say of one that is true', () => {
    const operations = [
      acknowledged('a', 1),
      operation('b', { kind: 'refused', code: 'database-away' }),
      operation('c', { kind: 'unknown' }),
      operation('d', { kind: 'unknown' }),
      acknowledged('e', 3, 'a'),
    ];
    expect(judge(operations, [entry('a', 1), entry('c', 2), entry('e', 3, 'a')])).toEqual({
      ...{ acknowledged: 2, refused: 1, unknown: 2 },
      ...{ lost: [], untrue: [] },
    });
  });

  it('finds what was acknowledged and is not there', () => {
    expect(judge([acknowledged('a', 1)], []).lost).toEqual(['a at once: acknowledged as revision 1']);
  });

  it.each([
    [
      'what was refused and is there',
      operation('a', { kind: 'refused', code: 'x' }),
      [entry('a', 1)],
      'refused with x, and carried out as revision 1',
    ],
    ['what was done twice', operation('a', { kind: 'unknown' }), [entry('a', 1), entry('a', 2)], 'carried out 2 times'],
    ['another revision than was told', acknowledged('a', 1), [entry('a', 2)], 'acknowledged as revision 1, and is 2'],
    [
      'an edit of something else than was read',
      acknowledged('a', 1, 'z'),
      [entry('a', 1, 'y')],
      'was to follow z, and followed y',
    ],
    [
      'the same of an edit without an answer',
      operation('a', { kind: 'unknown' }, 'z'),
      [entry('a', 1)],
      'was to follow z, and followed null',
    ],
  ] as const)('finds %s', (_what, one, log, said) => {
    expect(judge([one], log).untrue).toEqual([`a at once: ${said}`]);
  });
});
