import { describe, expect, it } from '@jest/globals';
import { evaluationRequestOf } from './evaluation-request.js';

describe('an evaluation request', () => {
  it.each([
    ['all flags', { context: { targetingKey: 'u' } }, { context: { targetingKey: 'u' }, flags: null }],
    ['some flags', { context: {}, flags: ['a', 'b'] }, { context: {}, flags: ['a', 'b'] }],
    ['no flags at all', { context: {}, flags: [] }, { context: {}, flags: [] }],
    ['names that are no keys', { context: {}, flags: ['__proto__', 'ü'] }, { context: {}, flags: ['__proto__', 'ü'] }],
  ])('may ask for %s', (_what, body, request) => {
    expect(evaluationRequestOf({ body })).toEqual(request);
  });

  it.each([
    [undefined, 'invalid-context', ['type ']],
    [[], 'invalid-context', ['type ']],
    [{}, 'invalid-context', ['required /context']],
    [{ context: [] }, 'invalid-context', ['type /context']],
    [{ context: {}, flags: 'a' }, 'invalid-request', ['type /flags']],
    [{ context: {}, flags: null }, 'invalid-request', ['type /flags']],
    [{ context: {}, flags: ['a', 7] }, 'invalid-request', ['type /flags/1']],
    [{ context: {}, flags: [''] }, 'invalid-request', ['type /flags/0']],
    [{ context: {}, flags: ['a'.repeat(256)] }, 'invalid-request', ['type /flags/0']],
    [{ context: {}, flags: Array(1_001).fill('a') }, 'invalid-request', ['too-many /flags']],
    [{ context: {}, flag: 'a', 'env/slug': 'b' }, 'invalid-request', ['unknown-property /flag', 'unknown-property /env~1slug']],
    [JSON.parse('{"context":{},"__proto__":{"flags":["a"]}}'), 'invalid-request', ['unknown-property /__proto__']],
  ])('is refused: %#', (body, code, defects) => {
    let refusal: unknown;
    try {
      evaluationRequestOf({ body });
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ kind: 'invalid', code });
    const { errors } = (refusal as { members: { errors: { code: string; pointer: string }[] } }).members;
    expect(errors.map((defect) => `${defect.code} ${defect.pointer}`)).toEqual(defects);
  });
});
