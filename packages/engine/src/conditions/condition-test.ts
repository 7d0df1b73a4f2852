import type { Watcher } from '../trace/recorder.js';
import type { EvaluationContext } from '../types.js';

/** A prepared condition. With a recorder it looks at everything; else, at no more than it needs. @throws {OverBudget} with a watcher alone. */
export interface Test {
  holds(context: EvaluationContext, now: number, watcher: Watcher | undefined): boolean;
}
