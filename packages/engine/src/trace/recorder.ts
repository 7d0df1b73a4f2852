import type { AttributeCondition } from '../types.js';
import type { BucketStep, ConditionStep, ExpressionStep, Step } from './steps.js';

/** Who is there while a flag is evaluated: steps are charged for, and those who want to know are told of them. */
export type Watcher = Recorder | Counter;

/** Is told nothing. */
export interface Counter {
  readonly tells: false;
}

export const COUNTER: Counter = { tells: false };

export function recorderIn(watcher: Watcher | undefined): Recorder | undefined {
  return watcher?.tells === true ? watcher : undefined;
}

/** Told by the evaluator, when there is one, of every step on its way. It never changes where the way leads. */
export interface Recorder {
  readonly tells: true;
  readonly steps: Step[];
  attribute(condition: AttributeCondition, actual: unknown, result: boolean, why: string | undefined): void;
  expression(step: ExpressionStep): void;
  /** The conditions recorded from here to `leave` are the children of a group. */
  enter(): void;
  leave(make: (children: ConditionStep[]) => ConditionStep): void;
  bucket(step: BucketStep): void;
  /** Hands over the conditions and buckets recorded since the last take. */
  take(): { conditions: ConditionStep[]; buckets: BucketStep[] };
  /** A recorder for a prerequisite's own steps. */
  nested(): Recorder;
}

export function createRecorder(): Recorder {
  const steps: Step[] = [];
  let level: ConditionStep[] = [];
  let buckets: BucketStep[] = [];
  const above: ConditionStep[][] = [];
  return {
    tells: true,
    steps,
    attribute({ attribute, operator, values, negate, ignoreCase }, actual, result, why) {
      level.push({
        attribute,
        operator,
        ...(values && { values }),
        ...(negate && { negate }),
        ...(ignoreCase && { ignoreCase }),
        ...(actual !== undefined && { actual }),
        result,
        ...(why !== undefined && { why }),
      });
    },
    expression: (step) => void level.push(step),
    enter() {
      above.push(level);
      level = [];
    },
    leave(make) {
      const children = level;
      level = above.pop() as ConditionStep[];
      level.push(make(children));
    },
    bucket: (step) => void buckets.push(step),
    take() {
      const taken = { conditions: level, buckets };
      level = [];
      buckets = [];
      return taken;
    },
    nested: createRecorder,
  };
}
