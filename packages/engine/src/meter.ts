/** Ends an evaluation that would take more points than are left. */
export class OverBudget extends Error {}

// one for all: nobody reads where it was thrown, and a trace would cost more than most evaluations
const OVER_BUDGET = new OverBudget('an evaluation costs more than is left for it');

/** Of the work under way; the evaluator is synchronous, so it need not be handed through every test. Without end unless somebody counts. */
let left = Infinity;

/** A point is about what looking at one character takes. @throws {OverBudget} */
export function charge(points: number): void {
  left -= points;
  if (left < 0) throw OVER_BUDGET;
}

/** Whatever is charged in `work` is taken from these points. */
export function withPoints<T>(points: number, work: () => T): T {
  const outer = left;
  left = points;
  try {
    return work();
  } finally {
    left = outer;
  }
}
