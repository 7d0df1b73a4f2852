import { LogicError } from './coercion.js';
import { run } from './program.js';

/** What one expression may do: each operator that an iterating operator applies to an element is a step. */
export const MAX_LOGIC_STEPS = 10_000;

/** @throws {LogicError} when the expression has no steps left. */
export function spend(steps: number): void {
  run.steps -= steps;
  if (run.steps < 0) throw new LogicError(`it takes more than ${MAX_LOGIC_STEPS} steps`);
}
