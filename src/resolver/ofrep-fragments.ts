import { bulkOf, evaluateAll, type VaryingFlag } from '../engine/index.js';
import type { CompiledFlag, Snapshot } from '../engine/snapshot.js';
import type { Evaluation, EvaluationContext } from '../engine/types.js';
import { emptyTally, type Tally } from './evaluation-observer.js';
import { metadataOf } from './flag-answer.js';
import { ofrepAnswer } from './ofrep-answers.js';

/** Every flag for one context: the JSON of the flags in UTF-8, a comma before each; how long that is; and how they came to their values. */
export interface EvaluatedFlags {
  fragments: readonly Buffer[];
  byteLength: number;
  tally: Tally;
}

/** The list of an OFREP bulk answer. What a flag can answer is written out once, then only copied. */
export function evaluatedFlags(snapshot: Snapshot, context: EvaluationContext, now: number): EvaluatedFlags {
  const evaluations = evaluateAll(snapshot, context, now);
  const list = listOf(snapshot.flags);
  const fragments = list.fragments.slice();
  const tally = { ...list.tally };
  let { byteLength } = list;
  const { varying, known } = list;
  for (let i = 0; i < varying.length; i++) {
    const { flag, index, place } = varying[i] as VaryingPlace;
    const evaluation = evaluations[index] as Evaluation;
    const fragment = known.get(evaluation) ?? fragmentOf(flag, evaluation, known);
    tally[evaluation.reason]++;
    byteLength += fragment.byteLength;
    fragments[place] = fragment;
  }
  return { fragments, byteLength, tally };
}

/** By the answer, which the engine makes once for each way in which a flag can answer. */
type Written<T> = Map<Evaluation, T>;

/** The answer of an environment but for the flags that vary with the context: what lies between two of these is in one piece. */
interface List extends EvaluatedFlags {
  varying: VaryingPlace[];
  known: Written<Buffer>;
}

interface VaryingPlace extends VaryingFlag {
  /** Among the fragments. */
  place: number;
}

const lists = new WeakMap<Snapshot['flags'], List>();

function listOf(flags: Snapshot['flags']): List {
  let list = lists.get(flags);
  if (!list) lists.set(flags, (list = makeList(flags)));
  return list;
}

function makeList(flags: Snapshot['flags']): List {
  const { answers, varying } = bulkOf(flags);
  const places = new Map(varying.map((flag) => [flag.index, flag]));
  const list: List = { fragments: [], byteLength: 0, tally: emptyTally(), varying: [], known: new Map<Evaluation, Buffer>() };
  const fragments: Buffer[] = [];
  let piece: Buffer[] = [];
  const endPiece = () => {
    if (piece.length > 0) fragments.push(Buffer.concat(piece));
    piece = [];
  };
  let index = 0;
  for (const flag of flags.values()) {
    const varies = places.get(index);
    const constant = answers[index++] as Evaluation;
    if (varies) {
      endPiece();
      list.varying.push({ ...varies, place: fragments.push(NOTHING) - 1 });
    } else {
      const fragment = fragmentOf(flag, constant, list.known);
      piece.push(fragment);
      list.byteLength += fragment.byteLength;
      list.tally[constant.reason]++;
    }
  }
  endPiece();
  return { ...list, fragments };
}

const NOTHING = Buffer.alloc(0);

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
  let known = writtenSingly.get(snapshot);
  if (!known) writtenSingly.set(snapshot, (known = new Map<Evaluation, string>()));
  let answer = known.get(evaluation);
  if (answer === undefined) {
    answer = JSON.stringify(ofrepAnswer(key, evaluation, metadataOf(snapshot, key)));
    if (evaluation.ok) known.set(evaluation, answer);
  }
  return answer;
}
