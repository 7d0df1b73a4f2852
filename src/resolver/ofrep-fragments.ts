import { evaluateAll } from '../engine/index.js';
import type { CompiledFlag, Snapshot } from '../engine/snapshot.js';
import type { Evaluation, EvaluationContext } from '../engine/types.js';
import { emptyTally, type Tally } from './evaluation-observer.js';
import { ofrepAnswer } from './ofrep-answers.js';

/** Every flag for one context: the JSON of the list, and how the flags came to their values. */
export interface EvaluatedFlags {
  json: string;
  tally: Tally;
}

/** By the answer, which the engine makes once for each way in which a flag can answer. */
type Fragments = Map<Evaluation, string>;

const fragments = new WeakMap<Snapshot['flags'], Fragments>();

/** The list of an OFREP bulk answer. What a flag can answer is written out once, then only joined. */
export function evaluatedFlags(snapshot: Snapshot, context: EvaluationContext, now: number): EvaluatedFlags {
  const evaluations = evaluateAll(snapshot, context, now);
  const known = fragmentsOf(snapshot.flags);
  const tally = emptyTally();
  let json = '';
  let i = 0;
  for (const flag of snapshot.flags.values()) {
    const evaluation = evaluations[i++] as Evaluation;
    tally[evaluation.reason]++;
    json += known.get(evaluation) ?? written(flag, evaluation, known);
  }
  return { json: `[${json.slice(1)}]`, tally };
}

/** With the comma before it. Errors are not kept: several flags may give the same one. */
function written(flag: CompiledFlag, evaluation: Evaluation, known: Fragments): string {
  const { key, inheritedFrom } = flag;
  const fragment = `,${JSON.stringify(ofrepAnswer(key, evaluation, inheritedFrom === null ? {} : { inheritedFrom }))}`;
  if (evaluation.ok) known.set(evaluation, fragment);
  return fragment;
}

function fragmentsOf(flags: Snapshot['flags']): Fragments {
  let known = fragments.get(flags);
  if (!known) fragments.set(flags, (known = new Map<Evaluation, string>()));
  return known;
}
