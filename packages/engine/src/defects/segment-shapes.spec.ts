import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expandedSize, expressionSize, MAX_SEGMENT_DEPTH, segmentShape } from './segment-shapes.js';
import { PRO } from '../testing/answers.js';
import { forest } from '../testing/arbitraries/arbitraries.js';
import { segment, state } from '../testing/builders.js';
import type { Condition, JsonValue, Segment } from '../types.js';

const naming = (...keys: string[]) => keys.map((key) => ({ segment: key }));
const of = (...rows: Segment[]) => state({ segments: rows }).segments;

/** `s1` names `s2`, and so on; the last one has a condition of its own. */
const chained = (length: number) =>
  of(...Array.from({ length }, (_, index) => segment(`s${index + 1}`, index + 1 < length ? naming(`s${index + 2}`) : [PRO])));

describe('the shape of a segment', () => {
  it('is as deep as the deepest that it names, and as large as all of them written out', () => {
    const segments = of(
      segment('top', [...naming('flat', 'deep', 'flat'), PRO]),
      segment('deep', naming('flat')),
      segment('flat', [PRO, PRO]),
      segment('empty', []),
    );
    expect(segmentShape(segments, 'empty')).toEqual({ ok: true, depth: 1, size: 0 });
    expect(segmentShape(segments, 'flat')).toEqual({ ok: true, depth: 1, size: 2 });
    expect(segmentShape(segments, 'top')).toEqual({ ok: true, depth: 3, size: 3 + 4 + 3 + 1 });
    expect(segmentShape(segments, 'deep')).toEqual({ ok: true, depth: 2, size: 3 });
  });

  it('is measured once, however often the segment is named', () => {
    const tenfold = Array.from({ length: MAX_SEGMENT_DEPTH - 1 }, (_, depth) =>
      segment(
        `s${depth}`,
        Array<Condition[]>(10)
          .fill(naming(`s${depth + 1}`))
          .flat(),
      ),
    );
    const segments = of(...tenfold, segment(`s${MAX_SEGMENT_DEPTH - 1}`, [PRO]));
    const size = Array.from({ length: MAX_SEGMENT_DEPTH - 1 }).reduce((inner: number) => 10 * (1 + inner), 1);
    expect(segmentShape(segments, 's0')).toEqual({ ok: true, depth: MAX_SEGMENT_DEPTH, size });
  });

  it('names a segment that is not there, whoever names it', () => {
    const defect = { ok: false, code: 'unknown-segment', detail: 'there is no segment "gone"' };
    const segments = of(segment('outer', naming('gone')));
    expect(segmentShape(segments, 'outer')).toEqual(defect);
    expect(segmentShape(segments, 'gone')).toEqual(defect);
  });

  it('tells a circle from where one looks', () => {
    const rows = [
      segment('a', naming('b')),
      segment('b', naming('a')),
      segment('outer', naming('a')),
      segment('self', naming('self')),
    ];
    const segments = of(...rows);
    const circle = (path: string) => ({
      ok: false,
      code: 'segment-cycle',
      detail: `the segments ${path} name one another in a circle`,
    });
    expect(segmentShape(segments, 'outer')).toEqual(circle('outer → a → b → a'));
    expect(segmentShape(segments, 'a')).toEqual(circle('a → b → a'));
    expect(segmentShape(of(...rows), 'b')).toEqual(circle('b → a → b'));
    expect(segmentShape(segments, 'self')).toEqual(circle('self → self'));
  });

  it('lets segments name one another to the limit, and says where they go deeper', () => {
    expect(segmentShape(chained(16), 's1')).toEqual({ ok: true, depth: 16, size: 16 });
    const deep = chained(17);
    const path = Array.from({ length: 16 }, (_, index) => `s${index + 1}`).join(' → ');
    expect(segmentShape(deep, 's1')).toEqual({
      ok: false,
      code: 'too-deep',
      detail: `segments name one another more than 16 deep: ${path} → …`,
    });
    expect(segmentShape(deep, 's2')).toEqual({ ok: true, depth: 16, size: 16 });
  });

  it('finds the limit also where what is named was measured before', () => {
    const segments = chained(17);
    expect(segmentShape(segments, 's2')).toMatchObject({ ok: true, depth: 16 });
    expect(segmentShape(segments, 's1')).toEqual({
      ok: false,
      code: 'too-deep',
      detail: 'segment "s1" names others more than 16 deep',
    });
  });

  it('passes on the first thing that is wrong with a condition, and where', () => {
    const malformed = (detail: string) => ({ ok: false, code: 'malformed', detail });
    const segments = of(
      segment('outer', naming('odd')),
      segment('odd', [PRO, { not: { segment: 7 } } as never]),
      segment('text', 'pro' as never),
    );
    expect(segmentShape(segments, 'outer')).toEqual(
      malformed('segment "odd": a segment key is text, not a number (at /1/not/segment)'),
    );
    expect(segmentShape(segments, 'text')).toEqual(
      malformed('segment "text": conditions are a list, not text (at its conditions)'),
    );
  });

  it('is the same in whatever order segments are asked for', () => {
    fc.assert(
      fc.property(
        forest({ environments: 1, flags: 0, segments: 5 }).chain(({ segments }) =>
          fc.tuple(fc.constant(segments), fc.shuffledSubarray([...segments.keys()], { minLength: segments.size })),
        ),
        ([segments, keys]) => {
          const alone = keys.map((key) => segmentShape(new Map(segments), key));
          expect(keys.map((key) => segmentShape(segments, key))).toEqual(alone);
        },
      ),
    );
  });
});

describe('the size of what is written out', () => {
  const segments = of(segment('three', [PRO, PRO, PRO]), segment('bad', naming('gone')));

  it.each<[string, Condition[], number]>([
    ['nothing', [], 0],
    ['one for each condition', [PRO, PRO], 2],
    ['one for a group and those in it', [{ all: [PRO, { any: [PRO] }] }], 4],
    ['one for a negation and what it negates', [{ not: { any: [PRO, PRO] } }], 4],
    ['one for naming a segment and the conditions of it', naming('three'), 4],
    ['one for naming a segment that cannot be used', naming('bad', 'gone'), 2],
    ['the operators and values of an expression', [{ jsonLogic: { '==': [{ var: 'plan' }, 'pro'] } }], 5],
    ['a segment that an expression refers to', [{ jsonLogic: { and: [{ $ref: 'three' }, true] } }], 7],
  ])('counts %s', (_what, conditions, size) => expect(expandedSize(segments, conditions)).toBe(size));

  it.each<[JsonValue, number]>([
    [null, 1],
    ['three', 1],
    [[], 1],
    [{}, 1],
    [[1, [2, null]], 5],
    [{ $ref: 'three' }, 4],
    [{ $ref: 'gone' }, 1],
    [{ $ref: 3 }, 2],
    [{ if: [{ $ref: 'three' }, 'on'] }, 7],
  ])('of the expression %j is %d', (expression, size) => expect(expressionSize(segments, expression)).toBe(size));
});
