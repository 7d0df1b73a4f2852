import { describe, expect, it } from '@jest/globals';
import { attributeReader } from './attributes.js';

const read = (path: string, context: object, now = 0) => attributeReader(path)(context as never, now);

describe('attributeReader', () => {
  it('follows a dotted path', () => {
    expect(read('plan', { plan: 'pro' })).toBe('pro');
    expect(read('user.plan', { user: { plan: 'pro' } })).toBe('pro');
    expect(read('a.b.c.d', { a: { b: { c: { d: 0 } } } })).toBe(0);
  });

  it('takes the literal dotted key before the path', () => {
    expect(read('user.plan', { 'user.plan': 'literal', user: { plan: 'path' } })).toBe('literal');
    expect(read('user.plan', { 'user.plan': null, user: { plan: 'path' } })).toBeNull();
    expect(read('user.plan', { 'user.plan': undefined, user: { plan: 'path' } })).toBe('path');
  });

  it.each([
    'constructor',
    'constructor.name',
    '__proto__',
    '__proto__.toString',
    'toString',
    'user.constructor',
    'user.__proto__',
    'hasOwnProperty.call',
  ])('finds nothing at %s that the context has not itself', (path) => expect(read(path, { user: {} })).toBeUndefined());

  it('finds what the context does have under such a name', () => {
    expect(read('__proto__.admin', JSON.parse('{"__proto__":{"admin":true}}'))).toBe(true);
    expect(read('constructor.name', { constructor: { name: 'mine' } })).toBe('mine');
    expect(read('plan', Object.create({ plan: 'inherited' }))).toBeUndefined();
  });

  it('does not look into text or lists', () => {
    expect(read('name.length', { name: 'text' })).toBeUndefined();
    expect(read('tags.length', { tags: ['a'] })).toBeUndefined();
    expect(read('tags.0', { tags: ['a'] })).toBeUndefined();
    expect(read('a.b', { a: null })).toBeUndefined();
    expect(read('a.b', { a: 1 })).toBeUndefined();
  });

  it('gives the moment of the evaluation as $now, whatever the context says', () => {
    expect(read('$now', { $now: 'never' }, Date.UTC(2026, 0, 1))).toBe('2026-01-01T00:00:00.000Z');
    expect(read('$now', {}, 8.64e15)).toBe('+275760-09-13T00:00:00.000Z');
    for (const now of [NaN, Infinity, -Infinity, 8.64e15 + 1, -1e300]) expect(read('$now', {}, now)).toBeUndefined();
  });
});
