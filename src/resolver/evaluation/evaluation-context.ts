import type { FastifyRequest } from 'fastify';
import { contextDefect, type EvaluationContext, isPlainObject } from '@flagtree/engine';
import { repeatedKeys } from '../../platform/http/json/parse/repeated-keys.js';
import { Invalid } from '../../platform/http/problems/problem.js';

/** What a request has sent, read at once or in slices. */
export type SentBody = Pick<FastifyRequest, 'body' | 'largeBody'> & { bodyText?: string | undefined };

/** @throws {Invalid} with the code `invalid-context`. */
export function contextOf(body: Record<string, unknown>): EvaluationContext {
  const defect = contextDefect(body['context']);
  if (defect === null) return body['context'] as EvaluationContext;
  throw new Invalid('invalid-context', `The evaluation context is not valid. ${defect.detail}`, [
    { ...defect, pointer: `/context${defect.pointer}` },
  ]);
}

/**
 * The body of every evaluation request, of which everybody reads the same. @throws {Invalid} with the code `invalid-context`, since what lacks is
 * the context, or `invalid-json` for keys that are repeated.
 */
export function objectOf({ body, bodyText = '', largeBody }: SentBody): Record<string, unknown> {
  if (isPlainObject(body)) {
    const defects = largeBody ? largeBody.defects.filter(({ code }) => code === 'duplicate-key') : repeatedKeys(bodyText, body);
    if (defects.length === 0) return body;
    throw new Invalid(
      'invalid-json',
      'Keys stand more than once in the JSON of the body, where others may read another one: see errors.',
      defects,
    );
  }
  const detail = 'Send a JSON object: { "context": { … } }.';
  throw new Invalid('invalid-context', detail, [{ pointer: '', code: 'type', detail }]);
}
