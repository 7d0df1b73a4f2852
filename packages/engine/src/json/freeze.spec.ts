import { describe, expect, it } from '@jest/globals';
import { deepFreeze } from './freeze.js';

describe('deepFreeze', () => {
  it('gives back the value itself, frozen to the last list and object in it', () => {
    const value = { a: [{ b: 1 }], c: { d: [[]] }, e: null, f: 'text' };
    expect(deepFreeze(value)).toBe(value);
    for (const part of [value, value.a, value.a[0], value.c, value.c.d, value.c.d[0]]) expect(Object.isFrozen(part)).toBe(true);
    expect(() => value.a.push({ b: 2 })).toThrow(TypeError);
  });

  it.each([[null], [undefined], ['text'], [7], [true]])('gives back %p', (value) => expect(deepFreeze(value)).toBe(value));

  it('ends on a value that holds itself', () => {
    const value: { self?: unknown } = {};
    value.self = [value];
    expect(deepFreeze(value)).toBe(value);
    expect(Object.isFrozen(value.self)).toBe(true);
  });
});
