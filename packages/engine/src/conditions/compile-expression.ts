import { compileLogic, LogicFailure, logicValue, type SegmentHolds } from './logic-expression.js';
import type { Recorder } from '../trace/recorder.js';
import type { State } from '../state/state.js';
import type { EvaluationContext, JsonValue } from '../types.js';

/** A prepared flagd expression. */
export interface CompiledExpression {
  /** `holds` says, for who explains, whether a value counts as a match. */
  evaluate(context: EvaluationContext, now: number, recorder: Recorder | undefined, holds: (value: unknown) => boolean): unknown;
}

export function compileExpression(
  expression: JsonValue,
  flagKey: string,
  segments: State['segments'],
  holds: SegmentHolds,
): CompiledExpression {
  const program = compileLogic(expression, flagKey, segments, holds);
  return {
    evaluate(context, now, recorder, holds) {
      if (recorder === undefined) return logicValue(program, context, now);
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
        result: holds(value),
        ...(failure !== undefined && { why: failure }),
      });
      return value;
    },
  };
}
