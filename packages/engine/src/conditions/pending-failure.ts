import type { LogicFailure } from './logic-expression.js';

/*
 * A condition is true or false; that an expression in one has no value at all is left here for the evaluator, who asks after each rule in which
 * that can happen. The first failure counts, as in an evaluator that would stop there.
 */
let pending: LogicFailure | undefined;

export function leaveFailure(failure: LogicFailure): void {
  pending ??= failure;
}

export function takeFailure(): LogicFailure | undefined {
  const failure = pending;
  pending = undefined;
  return failure;
}

/** For those who look at everything: what comes after the decision must not count. */
export function pendingFailure(): LogicFailure | undefined {
  return pending;
}

export function restoreFailure(failure: LogicFailure | undefined): void {
  pending = failure;
}
