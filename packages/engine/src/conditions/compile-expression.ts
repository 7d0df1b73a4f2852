import { compileLogic, LogicFailure, type LogicProgram, logicValue, type SegmentHolds } from './logic-expression.js';
import { COUNTER, type Recorder, type Watcher } from '../trace/recorder.js';
import type { State } from '../state/state.js';
import type { EvaluationContext, JsonValue } from '../types.js';

/** A prepared flagd expression. */
export interface CompiledExpression {
  /** `isMatch` says, for who explains, whether a value counts as a match. @throws {OverBudget} with a watcher alone. */
  evaluate(context: EvaluationContext, now: number, watcher: Watcher | undefined, isMatch: (value: unknown) => boolean): unknown;
}

export function compileExpression(
  expression: JsonValue,
  flagKey: string,
  segments: State['segments'],
  holds: SegmentHolds,
): CompiledExpression {
  const program = compileLogic(expression, flagKey, segments, holds);
  // compiled when somebody watches: most are never watched
  let watched: LogicProgram | undefined;
  return {
    evaluate(context, now, watcher, isMatch) {
      if (watcher === undefined) return logicValue(program, context, now);
      watched ??= compileLogic(expression, flagKey, segments, holds, COUNTER);
      return watcher.tells ? recorded(expression, watched, context, now, watcher, isMatch) : logicValue(watched, context, now);
    },
  };
}

function recorded(
  expression: JsonValue,
  program: LogicProgram,
  context: EvaluationContext,
  now: number,
  recorder: Recorder,
  isMatch: (value: unknown) => boolean,
): unknown {
  const reads = new Map<string, unknown>();
  const value = logicValue(program, context, now, {
    read: (path, read) => void reads.set(path, read ?? null),
    bucket: (step) => recorder.bucket(step),
  });
  const failure = value instanceof LogicFailure ? value.why : undefined;
  recorder.expression({
    jsonLogic: expression,
    reads: Object.fromEntries(reads),
    ...(failure === undefined && { value }),
    result: isMatch(value),
    ...(failure !== undefined && { why: failure }),
  });
  return value;
}
