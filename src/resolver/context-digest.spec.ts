import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import type { EvaluationContext } from '../engine/types.js';
import { contextDigest, contextDigestOf } from './context-digest.js';

const asked = (socket: object, context: EvaluationContext) =>
  contextDigestOf({ bodyText: JSON.stringify({ context }), raw: { socket } } as unknown as FastifyRequest, context);

describe('the digest of a context', () => {
  it('is the same for the same attributes in another order, and for nothing else', () => {
    expect(contextDigest({ a: 1, b: { c: [1, 2] } })).toBe(contextDigest({ b: { c: [1, 2] }, a: 1 }));
    const contexts = [{}, { a: 1 }, { a: '1' }, { a: null }, { a: [1] }, { a: { b: 1 } }, { b: 1 }];
    expect(new Set(contexts.map(contextDigest)).size).toBe(contexts.length);
  });

  it('is of what a connection asks now, whatever it and others have asked before', () => {
    const [one, other] = [{}, {}];
    for (const context of [{ a: 1 }, { a: 1 }, { a: 2 }, { a: 1 }]) {
      expect(asked(one, context)).toBe(contextDigest(context));
      expect(asked(other, { ...context, b: 1 })).toBe(contextDigest({ ...context, b: 1 }));
    }
  });
});
