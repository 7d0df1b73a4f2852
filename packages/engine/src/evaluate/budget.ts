import { takeFailure } from '../conditions/pending-failure.js';
import { Price } from '../costs/price.js';
import { OverBudget } from '../meter.js';
import { perObject } from '../per-object.js';
import type { CompiledFlag, Snapshot } from '../compile/snapshot.js';
import type { Recorder } from '../trace/recorder.js';
import type { Evaluation } from '../types.js';

/**
 * Points for all that one request evaluates, some hundredths of a second. Where the prices come to no more, nothing is counted: each step is
 * charged for only where a context is so large, or a flag so dear, that they might.
 */
export const EVALUATION_BUDGET = 50_000_000;

/** With all that it requires, as far as that goes. */
export function priceOf(snapshot: Snapshot, flag: CompiledFlag): Price {
  const { price, prerequisites } = flag.program;
  if (prerequisites.length === 0) return price;
  const known = prices(snapshot);
  let sum = known.get(flag.key);
  if (sum === undefined) known.set(flag.key, (sum = priceOfAll(snapshot, [flag])));
  return sum;
}

const prices = perObject((_: Snapshot) => new Map<string, Price>());

/** Of several flags that are evaluated together, each of them and what they require once more. */
export function priceOfAll(snapshot: Pick<Snapshot, 'flags' | 'whole'>, flags: Iterable<CompiledFlag>): Price {
  const all = snapshot.whole ?? snapshot.flags;
  let sum = Price.NOTHING;
  const required = new Set<CompiledFlag>();
  const add = ({ program }: CompiledFlag) => {
    if (program.price !== Price.NOTHING) sum = sum.plus(program.price);
    for (const { flag: key } of program.prerequisites) {
      const other = all.get(key);
      if (other) required.add(other);
    }
  };
  for (const flag of flags) add(flag);
  // it grows while it is gone through
  for (const flag of required) add(flag);
  return sum;
}

const DETAILS = `what is asked for takes more than ${EVALUATION_BUDGET} points, which one request has: send a smaller context, or ask for fewer flags`;

const OVER_BUDGET: Evaluation = Object.freeze({
  ok: false,
  reason: 'ERROR',
  errorCode: 'GENERAL',
  errorDetails: DETAILS,
});

/** What comes of it, or the error that there are no points left for it. */
export function unlessOverBudget(evaluate: () => Evaluation, recorder?: Recorder): Evaluation {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof OverBudget)) throw error;
    takeFailure();
    recorder?.steps.push({ step: 'error', why: DETAILS });
    return OVER_BUDGET;
  }
}
