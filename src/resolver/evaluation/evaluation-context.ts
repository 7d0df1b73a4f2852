import { contextDefect, type EvaluationContext, isPlainObject } from '@flagtree/engine';
import { Invalid } from '../../platform/http/problems/problem.js';

/** @throws {Invalid} with the code `invalid-context`. */
export function contextOf(body: Record<string, unknown>): EvaluationContext {
  const defect = contextDefect(body['context']);
  if (defect === null) return body['context'] as EvaluationContext;
  throw new Invalid('invalid-context', `The evaluation context is not valid. ${defect.detail}`, [
    { ...defect, pointer: `/context${defect.pointer}` },
  ]);
}

/** The body of every evaluation request. @throws {Invalid} with the code `invalid-context`, since what lacks is the context. */
export function objectOf(body: unknown): Record<string, unknown> {
  if (isPlainObject(body)) return body;
  const detail = 'Send a JSON object: { "context": { … } }.';
  throw new Invalid('invalid-context', detail, [{ pointer: '', code: 'type', detail }]);
}
