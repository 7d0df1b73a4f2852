import { bulkOf, type CompiledFlag, evaluateAll, type Evaluation, type EvaluationContext, type Snapshot } from '@flagtree/engine';
import { byteString, type ByteString, joined } from '../../platform/http/byte-string.js';
import { count, emptyTally, reasonIndex, type ReasonTally } from '../observation/reason-tally.js';
import { type AnswerMetadata, metadataInSet, metadataOf } from '../evaluation/flag-answer.js';
import { ofrepAnswer } from './ofrep-answers.js';

/** Every flag for one context: their JSON, with commas in between, and how they came to their values. */
export interface EvaluatedFlags {
  json: ByteString;
  evaluations: readonly Evaluation[];
  tally: ReasonTally;
}

/** The list of an OFREP bulk answer. What a flag can answer is written out once, then only joined. */
export function evaluatedFlags(snapshot: Snapshot, context: EvaluationContext, now: number): EvaluatedFlags {
  const evaluations = evaluateAll(snapshot, context, now);
  const { varying, rest, constants } = listOf(snapshot);
  const tally = constants.slice();
  let json = '';
  for (let i = 0; i < varying.length; i++) {
    const flag = varying[i] as VaryingPlace;
    const piece = flag.pieceOf(evaluations[flag.index] as Evaluation);
    count(tally, piece.reason, 1);
    json += piece.json;
  }
  return { json: (json + rest) as ByteString, evaluations, tally };
}

/** What flags have in common whose answers are written out: between the flags that vary with the context everything is in one piece. */
interface List {
  varying: VaryingPlace[];
  /** What comes after the last flag that varies. */
  rest: ByteString;
  /** Of the flags that do not vary. */
  constants: ReasonTally;
}

interface Piece {
  json: ByteString;
  reason: number;
}

class VaryingPlace {
  /** The engine makes an answer once for each way in which the flag can answer: they are few, and known by their identity. */
  private readonly known: Evaluation[] = [];
  private readonly pieces: Piece[] = [];

  constructor(
    readonly index: number,
    private readonly flag: CompiledFlag,
    private readonly metadata: MetadataOf,
    /** What does not vary between this flag and the one before it that does, and the commas. */
    private readonly before: ByteString,
  ) {}

  pieceOf(evaluation: Evaluation): Piece {
    const { known } = this;
    for (let i = 0; i < known.length; i++) if (known[i] === evaluation) return this.pieces[i] as Piece;
    return this.write(evaluation);
  }

  /** Errors are not kept, since of most there is a fresh one each time: but that the key is missing is said of every anonymous context. */
  private write(evaluation: Evaluation): Piece {
    const piece = {
      json: joined([this.before, jsonOf(this.flag, evaluation, this.metadata)]),
      reason: reasonIndex(evaluation.reason),
    };
    if (evaluation.ok || evaluation.errorCode === 'TARGETING_KEY_MISSING') {
      this.known.push(evaluation);
      this.pieces.push(piece);
    }
    return piece;
  }
}

const lists = new WeakMap<Snapshot['flags'], List>();

function listOf(snapshot: Snapshot): List {
  let list = lists.get(snapshot.flags);
  if (!list) lists.set(snapshot.flags, (list = makeList(snapshot, snapshot.whole ? NO_METADATA : metadataInSet)));
  return list;
}

type MetadataOf = (flag: CompiledFlag) => AnswerMetadata;

/** To who sees a part of the environment. */
const NO_METADATA: MetadataOf = () => ({});

function makeList(snapshot: Snapshot, metadata: MetadataOf): List {
  const { answers, varying } = bulkOf(snapshot);
  const places: VaryingPlace[] = [];
  const constants = emptyTally();
  let pieces: ByteString[] = [];
  let index = 0;
  for (const flag of snapshot.flags.values()) {
    if (index > 0) pieces.push(COMMA);
    if (varying[places.length]?.index === index) {
      places.push(new VaryingPlace(index, flag, metadata, joined(pieces)));
      pieces = [];
    } else {
      const constant = answers[index] as Evaluation;
      pieces.push(jsonOf(flag, constant, metadata));
      count(constants, reasonIndex(constant.reason), 1);
    }
    index++;
  }
  return { varying: places, rest: joined(pieces), constants };
}

const COMMA = byteString(',');

function jsonOf(flag: CompiledFlag, evaluation: Evaluation, metadata: MetadataOf): ByteString {
  return byteString(JSON.stringify(ofrepAnswer(flag.key, evaluation, metadata(flag))));
}

const writtenSingly = new WeakMap<Snapshot, Map<Evaluation, ByteString>>();

/** The JSON of OFREP's answer for one flag. It names the revision, so that it is written out once for each. */
export function singleAnswer(snapshot: Snapshot, key: string, evaluation: Evaluation): ByteString {
  let known = writtenSingly.get(snapshot);
  if (!known) writtenSingly.set(snapshot, (known = new Map<Evaluation, ByteString>()));
  let answer = known.get(evaluation);
  if (answer === undefined) {
    answer = byteString(JSON.stringify(ofrepAnswer(key, evaluation, metadataOf(snapshot, key))));
    if (evaluation.ok) known.set(evaluation, answer);
  }
  return answer;
}
