import { flagByKey } from '../state/chain.js';
import { evaluate } from './evaluate.js';
import { createRecorder } from '../trace/recorder.js';
import { type Step } from '../trace/steps.js';
import type { ResolvedFlag, Source } from '../resolve/resolve.js';
import type { Snapshot } from '../compile/snapshot.js';
import type { State } from '../state/state.js';
import type { Evaluation, EvaluationContext } from '../types.js';

export interface Explanation {
  flag: string;
  environment: string;
  /** The slugs from the environment to its root. */
  chain: string[];
  inheritedFrom: string | null;
  /** Null when there is no such flag. */
  fields: ResolvedFlag['fields'] | null;
  ruleSources: Source[];
  /** Why the stored flag cannot be compiled; the steps are then those of the last good one. */
  defect: string | null;
  evaluation: Evaluation;
  steps: Step[];
}

/** Every step that leads to the value: the evaluator itself, with a recorder. */
export function explain(
  state: State,
  snapshot: Snapshot,
  flagKey: string,
  context: EvaluationContext,
  now: Date | number,
): Explanation {
  const recorder = createRecorder();
  const evaluation = evaluate(snapshot, flagKey, context, now, recorder);
  const flag = snapshot.flags.get(flagKey);
  if (recorder.steps.length === 0 && !evaluation.ok) {
    const archived = !flag && flagByKey(state, flagKey) !== undefined;
    recorder.steps.push({ step: 'error', why: archived ? 'the flag is archived' : evaluation.errorDetails });
  }
  return {
    flag: flagKey,
    environment: snapshot.environment,
    chain: [...snapshot.chain],
    inheritedFrom: flag?.inheritedFrom ?? null,
    fields: flag?.resolved.fields ?? null,
    ruleSources: [...(flag?.resolved.ruleSources ?? [])],
    defect: flag?.defect ?? null,
    evaluation,
    steps: recorder.steps,
  };
}
