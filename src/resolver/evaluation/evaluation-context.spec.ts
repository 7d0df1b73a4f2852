import { CONTEXT_LIMITS, contextDefect } from '@flagtree/engine';
import { describe, expect, it } from '@jest/globals';
import { contextOf, objectOf } from './evaluation-context.js';

const nested = (levels: number): object => (levels === 1 ? {} : { inner: nested(levels - 1) });
const attributes = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${String(at)}`, at]));

describe('an evaluation context', () => {
  it.each([
    ['nothing', {}],
    ['no targeting key', { plan: 'pro' }],
    ['a targeting key', { targetingKey: 'user-1' }],
    ['an empty targeting key', { targetingKey: '' }],
    ['every kind of value', { a: null, b: true, c: 1.5, d: 'x', e: [1, ['y']], f: { g: {} } }],
    ['names that objects have anyway', JSON.parse('{"__proto__":{"admin":true},"constructor":1,"toString":"x"}')],
    ['as many attributes as there may be', attributes(CONTEXT_LIMITS.attributes)],
    ['as many levels as there may be', nested(CONTEXT_LIMITS.depth)],
    ['a string as long as it may be', { a: 'x'.repeat(CONTEXT_LIMITS.stringLength) }],
    ['as many values as there may be', { a: Array(CONTEXT_LIMITS.values - 1).fill(0) }],
  ])('may hold %s', (_what, context) => {
    expect(contextDefect(context)).toBeNull();
    expect(contextOf({ context })).toBe(context);
  });

  it.each([
    [undefined, '', 'required'],
    [null, '', 'type'],
    ['user-1', '', 'type'],
    [['user-1'], '', 'type'],
    [7, '', 'type'],
    [{ targetingKey: 7 }, '/targetingKey', 'type'],
    [{ targetingKey: { id: 'user-1' } }, '/targetingKey', 'type'],
    [attributes(CONTEXT_LIMITS.attributes + 1), '', 'too-many-attributes'],
    [nested(CONTEXT_LIMITS.depth + 1), '/inner'.repeat(CONTEXT_LIMITS.depth), 'too-deep'],
    [{ 'a/b': [{ c: 'x'.repeat(CONTEXT_LIMITS.stringLength + 1) }] }, '/a~1b/0/c', 'too-long'],
    [{ ['k'.repeat(CONTEXT_LIMITS.stringLength + 1)]: 1 }, `/${'k'.repeat(100)}`, 'too-long'],
    [{ a: Array(CONTEXT_LIMITS.values).fill(0) }, `/a/${String(CONTEXT_LIMITS.values - 1)}`, 'too-large'],
  ])('is refused when it is %j', (context, pointer, code) => {
    expect(contextDefect(context)).toEqual({ pointer, code, detail: expect.any(String) });
    expect(() => contextOf({ context })).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'invalid-context',
        members: { errors: [expect.objectContaining({ pointer: `/context${pointer}`, code })] },
      }),
    );
  });
});

describe('the body of an evaluation request', () => {
  it.each([[undefined], [null], [[]], ['{}'], [0], [true]])('is no object: %j', (body) => {
    expect(() => objectOf({ body })).toThrow(expect.objectContaining({ kind: 'invalid', code: 'invalid-context' }));
  });

  it.each([
    ['{"context":{"a":1,"a":2}}', ['/context/a']],
    ['{"context":{},"context":{}}', ['/context']],
    ['{"context":{"\\u0061":1,"a":{"b":1,"b":2}}}', ['/context/a', '/context/a/b']],
    ['{"context":{"list":[{"b":1},{"b":1,"c":":","b":2}],"url":"http://a:1"}}', ['/context/list/1/b']],
    ['{"context":{"__proto__":1,"__proto__":2}}', ['/context/__proto__']],
  ])('has no key twice: %s', (bodyText, pointers) => {
    const refusal = {
      code: 'invalid-json',
      defects: pointers.map((pointer) => expect.objectContaining({ pointer, code: 'duplicate-key' })),
    };
    expect(() => objectOf({ body: JSON.parse(bodyText), bodyText })).toThrow(expect.objectContaining(refusal));
  });

  it.each(['{"context":{"a":{"b":1},"c":{"b":":::"},"d":1e400,"e":"\\ud800"}}', '{"a":["a:b",":",{"b":":"}],"b":{}}'])(
    'may have colons in its texts, and all that JSON can say: %s',
    (bodyText) => {
      const body: unknown = JSON.parse(bodyText);
      expect(objectOf({ body, bodyText })).toBe(body);
    },
  );
});
