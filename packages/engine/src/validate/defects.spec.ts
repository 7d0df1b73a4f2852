import { describe, expect, it } from '@jest/globals';
import { Defects, MAX_DEFECTS } from './defects.js';
import { clip, isPlainObject, isStorable, pointerTo, show } from '../json/values.js';
import { told } from '../testing/complaints.js';

describe('Defects', () => {
  it('keep the first hundred', () => {
    const defects = new Defects();
    for (let i = 0; i < MAX_DEFECTS + 5; i++) expect(defects.add(`/${i}`, 'bad', `no. ${i}`)).toBe(false);
    expect(defects.list).toHaveLength(100);
    expect(defects.list[99]).toEqual({ pointer: '/99', code: 'bad', detail: 'no. 99' });
  });

  it('give an object back with what it lacks and has beside, told once', () => {
    const defects = new Defects();
    const asked = (value: unknown) => defects.object(value, '/x', 'a thing', ['a', 'b'], ['c']);
    const sound = { a: null, b: 0, c: undefined };
    expect(asked(sound)).toBe(sound);
    expect(told(defects.list)).toEqual([]);
    const long = { ...sound, ['d'.repeat(70)]: 1 };
    expect(asked(long)).toBe(long);
    const lacking = { a: undefined, c: 1 };
    expect(asked(lacking)).toBe(lacking);
    const inheriting = Object.create({ a: 1, b: 1 }) as object;
    expect(asked(inheriting)).toBe(inheriting);
    expect(defects.text(undefined, '/x/a', 'a text')).toBe(false);
    expect(asked(['a', 'b'])).toBeUndefined();
    expect(defects.list).toEqual([
      {
        pointer: `/x/${'d'.repeat(70)}`,
        code: 'unknown-property',
        detail: `a thing has no property "${'d'.repeat(60)}…"; it has a, b, c`,
      },
      { pointer: '/x/a', code: 'required', detail: 'a thing needs "a"' },
      { pointer: '/x/b', code: 'required', detail: 'a thing needs "b"' },
      { pointer: '/x', code: 'wrong-type', detail: 'a thing is an object, not a list' },
    ]);
  });

  it('say which lists, texts, numbers and switches can be used further', () => {
    const defects = new Defects();
    expect([[], [1], [1, 2], [1, 2, 3], {}].map((value) => defects.array(value, '/a', 'things', { min: 1, max: 2 }))).toEqual([
      false, true, true, false, false,
    ]); // prettier-ignore
    expect(defects.array([], '/b', 'things', { max: 2 })).toBe(true);
    expect(['', 'a', 'ab', 'abc', '\u0000', 5].map((value) => defects.text(value, '/c', 'a text', { min: 1, max: 2 }))).toEqual([
      false, true, true, false, false, false,
    ]); // prettier-ignore
    expect(['', 'x'.repeat(4096), 'x'.repeat(4097)].map((value) => defects.text(value, '/d', 'a text'))).toEqual([
      true, true, false,
    ]); // prettier-ignore
    expect([0, 7, 8, -1, 0.5, NaN, '1'].map((value) => defects.wholeNumber(value, '/e', 'a number', 7))).toEqual([
      true, true, false, false, false, false, false,
    ]); // prettier-ignore
    expect([true, false, 0].map((value) => defects.boolean(value, '/f', '"f"'))).toEqual([true, true, false]);
    expect(defects.list.map(({ pointer, code, detail }) => `${pointer} ${code}: ${detail}`)).toEqual([
      '/a too-few: things are at least 1',
      '/a too-many: things are at most 2, not 3',
      '/a wrong-type: things are a list, not an object',
      '/c too-short: a text must not be empty',
      '/c too-long: a text has at most 2 characters, not 3',
      '/c unsafe-text: a text holds U+0000 or an unpaired surrogate, which cannot be stored',
      '/c wrong-type: a text is text, not a number',
      '/d too-long: a text has at most 4096 characters, not 4097',
      '/e out-of-range: a number is a whole number from 0 to 7, not 8',
      '/e out-of-range: a number is a whole number from 0 to 7, not -1',
      '/e out-of-range: a number is a whole number from 0 to 7, not 0.5',
      '/e out-of-range: a number is a whole number from 0 to 7, not NaN',
      '/e out-of-range: a number is a whole number from 0 to 7, not "1"',
      '/f wrong-type: "f" is true or false, not a number',
    ]);
  });
});

describe('show', () => {
  it.each<[unknown, string]>([
    ['text', '"text"'],
    ['x'.repeat(60), `"${'x'.repeat(60)}"`],
    ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
    [0.5, '0.5'],
    [false, 'false'],
    [null, 'null'],
    [undefined, 'nothing'],
    [[1], 'a list'],
    [{ a: 1 }, 'an object'],
    [5n, 'a bigint'],
  ])('names %p shortly', (value, expected) => expect(show(value)).toBe(expected));
});

it('clips a text to 60 characters', () => {
  expect(clip('y'.repeat(60))).toBe('y'.repeat(60));
  expect(clip(`${'y'.repeat(60)}z`)).toBe(`${'y'.repeat(60)}…`);
});

it('points to a member as RFC 6901 has it', () => {
  expect(pointerTo('', 0)).toBe('/0');
  expect(pointerTo('/a', '')).toBe('/a/');
  expect(pointerTo('/a', '~1/~0/')).toBe('/a/~01~1~00~1');
});

it('stores all text but U+0000 and halves of surrogate pairs', () => {
  expect(['', 'a', '\u0001', '😀', '\uffff'].map(isStorable)).toEqual([true, true, true, true, true]);
  expect(['\u0000', 'a\u0000b', '\ud83d', '\ude00\ud83d', 'x\udfff'].map(isStorable)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

it('takes for a plain object neither null nor a list', () => {
  expect([{}, Object.create(null), null, [], 'text', undefined].map(isPlainObject)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
