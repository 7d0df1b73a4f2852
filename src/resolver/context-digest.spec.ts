import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import type { EvaluationContext } from '../engine/types.js';
import { contextDigestOf } from './context-digest.js';

const asked = (context: EvaluationContext, socket: object = {}) =>
  contextDigestOf({ bodyText: JSON.stringify({ context }), raw: { socket } } as unknown as FastifyRequest);

describe('the digest of a context', () => {
  it('is the same over any connection, and another for every other context', () => {
    const contexts = [{}, { a: 1 }, { a: '1' }, { a: null }, { a: [1] }, { a: { b: 1 } }, { b: 1 }];
    expect(contexts.map((context) => asked(context))).toEqual(contexts.map((context) => asked(context)));
    expect(new Set(contexts.map((context) => asked(context))).size).toBe(contexts.length);
  });

  it('is of what a connection asks now, whatever it and others have asked before', () => {
    const [one, other] = [{}, {}];
    for (const context of [{ a: 1 }, { a: 1 }, { a: 2 }, { a: 1 }]) {
      expect(asked(context, one)).toBe(asked(context));
      expect(asked({ ...context, b: 1 }, other)).toBe(asked({ ...context, b: 1 }));
    }
  });
});
