import type { Recorder } from '../trace/recorder.js';
import type { EvaluationContext } from '../types.js';

/** A prepared condition. With a recorder it looks at everything; without one, at no more than it needs. */
export interface Test {
  holds(context: EvaluationContext, now: number, recorder: Recorder | undefined): boolean;
}
