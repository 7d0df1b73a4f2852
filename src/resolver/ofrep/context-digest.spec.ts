import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import fc from 'fast-check';
import { canonicalJson, type EvaluationContext } from '@flagtree/engine';
import { contextDigest, contextDigestOf } from './context-digest.js';

const asked = (socket: object, context: EvaluationContext) =>
  contextDigestOf({ bodyText: JSON.stringify({ context }), raw: { socket } } as unknown as FastifyRequest, context);

describe('the digest of a context', () => {
  it('is the same for the same attributes in another order, and for nothing else', () => {
    expect(contextDigest({ a: 1, b: { c: [1, 2] } })).toBe(contextDigest({ b: { c: [1, 2] }, a: 1 }));
    const contexts = [{}, { a: 1 }, { a: '1' }, { a: null }, { a: [1] }, { a: { b: 1 } }, { b: 1 }];
    expect(new Set(contexts.map(contextDigest)).size).toBe(contexts.length);
  });

  it('tells contexts apart whatever is written in them', () => {
    const text = fc.string({ unit: fc.constantFrom('1', '2', '"', ';', 'a'), maxLength: 6 });
    const flat = fc.dictionary(text, fc.oneof(text, fc.integer({ min: 0, max: 12 }), fc.constantFrom(null, true)), {
      maxKeys: 4,
    });
    fc.assert(
      fc.property(flat, flat, (one, other) => {
        expect(contextDigest(one) === contextDigest(other)).toBe(canonicalJson(one) === canonicalJson(other));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is of what a connection asks now, whatever it and others have asked before', () => {
    const [one, other] = [{}, {}];
    for (const context of [{ a: 1 }, { a: 1 }, { a: 2 }, { a: 1 }]) {
      expect(asked(one, context)).toBe(contextDigest(context));
      expect(asked(other, { ...context, b: 1 })).toBe(contextDigest({ ...context, b: 1 }));
    }
  });
});
