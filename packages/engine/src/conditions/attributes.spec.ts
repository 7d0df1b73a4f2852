import { describe, expect, it } from '@jest/globals';
import { Attribute, isContext, ownContext } from './attributes.js';
import type { EvaluationContext } from '../types.js';

const read = (path: string, context: object, now = 0) => new Attribute(path).of(ownContext(context as EvaluationContext), now);

describe('Attribute', () => {
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
    expect(read('constructor', { constructor: 'mine' })).toBe('mine');
    expect(read('toString', { toString: 0 })).toBe(0);
    expect(read('__proto__', JSON.parse('{"__proto__":7}'))).toBe(7);
  });

  it('reads every name as the first ones', () => {
    const names = Array.from({ length: 20 }, (_, index) => `name${index}`);
    const context = Object.fromEntries(names.map((name, index) => [name, index]));
    const attributes = [...names, ...names].map((name) => new Attribute(name));
    expect(attributes.map((attribute) => attribute.of(context, 0))).toEqual([...names.keys(), ...names.keys()]);
    expect(attributes.map((attribute) => attribute.of({}, 0))).toEqual(attributes.map(() => undefined));
  });

  it.each(['plan', 'user.plan', 'constructor'])('finds nothing at %s that the context inherits', (path) => {
    const inherited = { plan: 'inherited', 'user.plan': 'inherited', user: { plan: 'inherited' }, constructor: 'inherited' };
    expect(read(path, Object.create(inherited))).toBeUndefined();
    class Context {
      get plan() {
        return 'inherited';
      }
    }
    expect(read(path, new Context())).toBeUndefined();
    expect(read(path, Object.create({ plan: 'inherited', user: { plan: 'inherited' } }))).toBeUndefined();
  });

  it('reads the attributes of objects of any making', () => {
    expect(read('plan', Object.assign(Object.create(null), { plan: 'pro' }))).toBe('pro');
    expect(read('plan', Object.assign(Object.create({ plan: 'inherited' }), { plan: 'pro' }))).toBe('pro');
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

describe('isContext', () => {
  it.each([[undefined], [null], ['text'], [7], [true], [[[]]], [[['a']]]])('is false for %p', (value) =>
    expect(isContext(value)).toBe(false),
  );

  it.each([[{}], [{ a: 1 }], [Object.create(null)]])('is true for %p', (value) => expect(isContext(value)).toBe(true));
});

describe('ownContext', () => {
  it('is the context itself when that is a plain object', () => {
    for (const context of [{ a: 1 }, Object.create(null), JSON.parse('{"__proto__":{"a":1}}')])
      expect(ownContext(context)).toBe(context);
  });
});
