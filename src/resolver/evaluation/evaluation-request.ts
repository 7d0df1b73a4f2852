import { type Defect, type EvaluationContext, pointerTo } from '@flagtree/engine';
import { Invalid } from '../../platform/http/problems/problem.js';
import { contextOf, objectOf, type SentBody } from './evaluation-context.js';

export interface EvaluationRequest {
  context: EvaluationContext;
  /** The keys that are asked for; null: all of them. */
  flags: readonly string[] | null;
}

const MAX_FLAGS = 1_000;
const MAX_KEY_LENGTH = 255;

/** The body of `POST /api/feature-flags/evaluate`. @throws {Invalid} */
export function evaluationRequestOf(sent: SentBody): EvaluationRequest {
  const request = objectOf(sent);
  const context = contextOf(request);
  const defects = [...unknownProperties(request), ...flagsDefects(request['flags'])];
  if (defects.length > 0) throw new Invalid('invalid-request', 'The request cannot be evaluated: see errors.', defects);
  return { context, flags: (request['flags'] ?? null) as string[] | null };
}

function unknownProperties(request: Record<string, unknown>): Defect[] {
  return Object.keys(request)
    .filter((name) => name !== 'context' && name !== 'flags')
    .slice(0, 10)
    .map((name) => ({
      pointer: pointerTo('', name.slice(0, 100)),
      code: 'unknown-property',
      detail: 'There are only "context" and "flags" here.',
    }));
}

function flagsDefects(flags: unknown): Defect[] {
  if (flags === undefined) return [];
  if (!Array.isArray(flags))
    return [{ pointer: '/flags', code: 'type', detail: 'A list of flag keys; leave it out for all flags.' }];
  if (flags.length > MAX_FLAGS)
    return [{ pointer: '/flags', code: 'too-many', detail: `Name at most ${String(MAX_FLAGS)} flags.` }];
  const at = flags.findIndex((key) => typeof key !== 'string' || key.length === 0 || key.length > MAX_KEY_LENGTH);
  if (at === -1) return [];
  return [
    {
      pointer: `/flags/${String(at)}`,
      code: 'type',
      detail: `A flag key is a string of 1 to ${String(MAX_KEY_LENGTH)} characters.`,
    },
  ];
}
