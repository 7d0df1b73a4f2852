import type { CompiledExpression } from '../conditions/compile-expression.js';
import { clip } from '../json/values.js';
import { LogicError, textOf } from '../logic/program/coercion.js';
import { LogicFailure } from '../conditions/logic-expression.js';
import type { Watcher } from '../trace/recorder.js';
import type { Evaluation, EvaluationContext } from '../types.js';

/** A rule that is one flagd expression. */
export class Targeting {
  constructor(
    private readonly rule: string,
    private readonly expression: CompiledExpression,
    private readonly outcomes: ReadonlyMap<string, Evaluation>,
  ) {}

  /** Undefined: the expression gives null, the next rule is tried. A value that is no text names the variant of its text, as in flagd. */
  choose(context: EvaluationContext, now: number, watcher: Watcher | undefined): Evaluation | undefined {
    const value = this.expression.evaluate(
      context,
      now,
      watcher,
      (outcome) => outcome !== null && !(outcome instanceof LogicFailure),
    );
    if (value === null) return undefined;
    if (value instanceof LogicFailure) return expressionFailed(this.rule, value);
    const variant = nameIn(value);
    if (variant instanceof LogicFailure) return expressionFailed(this.rule, variant);
    return (
      this.outcomes.get(variant) ??
      generalError(`the targeting of rule "${this.rule}" names variant "${clip(variant)}", which the flag has not`)
    );
  }
}

/** The text of a list may be too long to be one. */
function nameIn(value: unknown): string | LogicFailure {
  try {
    return textOf(value);
  } catch (error) {
    if (error instanceof LogicError) return new LogicFailure(error.message);
    throw error;
  }
}

export function expressionFailed(rule: string, { why }: LogicFailure): Evaluation {
  return generalError(`the targeting of rule "${rule}" has no value for this context: ${why}`);
}

function generalError(errorDetails: string): Evaluation {
  return { ok: false, reason: 'ERROR', errorCode: 'GENERAL', errorDetails };
}
