import { evaluateAll } from '../engine/index.js';
import type { CompiledFlag, Snapshot } from '../engine/snapshot.js';
import type { Evaluation, EvaluationContext } from '../engine/types.js';
import { emptyTally, type Tally } from './evaluation-observer.js';
import { metadataOf } from './flag-answer.js';
import { ofrepAnswer } from './ofrep-answers.js';

/** Every flag for one context: the JSON of each in UTF-8, a comma before it; how long that is; and how the flags came to their values. */
export interface EvaluatedFlags {
  fragments: Buffer[];
  byteLength: number;
  tally: Tally;
}

/** By the answer, which the engine makes once for each way in which a flag can answer. */
type Written<T> = Map<Evaluation, T>;

const written = new WeakMap<Snapshot['flags'], Written<Buffer>>();

/** The list of an OFREP bulk answer. What a flag can answer is written out once, then only copied. */
export function evaluatedFlags(snapshot: Snapshot, context: EvaluationContext, now: number): EvaluatedFlags {
  const evaluations = evaluateAll(snapshot, context, now);
  const known = writtenFor(snapshot.flags, written);
  const tally = emptyTally();
  const fragments = new Array<Buffer>(evaluations.length);
  let byteLength = 0;
  let i = 0;
  for (const flag of snapshot.flags.values()) {
    const evaluation = evaluations[i] as Evaluation;
    tally[evaluation.reason]++;
    const fragment = known.get(evaluation) ?? fragmentOf(flag, evaluation, known);
    byteLength += fragment.byteLength;
    fragments[i++] = fragment;
  }
  return { fragments, byteLength, tally };
}

/** Errors are not kept: several flags may give the same one. */
function fragmentOf({ key, inheritedFrom }: CompiledFlag, evaluation: Evaluation, known: Written<Buffer>): Buffer {
  const metadata = inheritedFrom === null ? {} : { inheritedFrom };
  const fragment = Buffer.from(`,${JSON.stringify(ofrepAnswer(key, evaluation, metadata))}`);
  if (evaluation.ok) known.set(evaluation, fragment);
  return fragment;
}

const writtenSingly = new WeakMap<Snapshot, Written<string>>();

/** The JSON of OFREP's answer for one flag. It names the revision, so that it is written out once for each. */
export function singleAnswer(snapshot: Snapshot, key: string, evaluation: Evaluation): string {
  const known = writtenFor(snapshot, writtenSingly);
  let answer = known.get(evaluation);
  if (answer === undefined) {
    answer = JSON.stringify(ofrepAnswer(key, evaluation, metadataOf(snapshot, key)));
    if (evaluation.ok) known.set(evaluation, answer);
  }
  return answer;
}

function writtenFor<K extends object, T>(of: K, all: WeakMap<K, Written<T>>): Written<T> {
  let known = all.get(of);
  if (!known) all.set(of, (known = new Map<Evaluation, T>()));
  return known;
}
