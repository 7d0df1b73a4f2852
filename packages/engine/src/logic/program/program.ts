import type { BucketStep } from '../../trace/steps.js';
import type { EvaluationContext } from '../../types.js';

/**
 * A prepared expression. `data` is what `var` reads: the context, or inside an iterating operator the element. Never answers undefined.
 * @throws {LogicError} when it has no value.
 */
export type Node = (data: unknown, context: EvaluationContext, now: number) => unknown;

/** Told, while somebody explains, of what expressions read and which buckets they look into. */
export interface Observer {
  read(path: string, value: unknown): void;
  bucket(step: BucketStep): void;
}

/** What is the same for all of one expression. The evaluator is synchronous: one run at a time, so it need not be handed through every node. */
export const run: { active: boolean; steps: number; observer: Observer | undefined } = {
  active: false,
  steps: 0,
  observer: undefined,
};
