import type { Source } from '../resolve/resolve.js';
import type { Evaluation, JsonValue } from '../types.js';

/** What explain tells of one condition. `why` says why it does not hold, or does not even apply. */
export type ConditionStep =
  | {
      attribute: string;
      operator: string;
      values?: JsonValue[];
      negate?: boolean;
      ignoreCase?: boolean;
      /** What the context has there; absent when it has nothing. */
      actual?: unknown;
      result: boolean;
      why?: string;
    }
  | ExpressionStep
  | { segment: string; conditions: ConditionStep[]; result: boolean }
  | { all: ConditionStep[]; result: boolean }
  | { any: ConditionStep[]; result: boolean }
  | { not: ConditionStep[]; result: boolean };

/** A flagd expression: what it read from the context, and its value; absent when it has none. */
export interface ExpressionStep {
  jsonLogic: JsonValue;
  reads: { [path: string]: unknown };
  value?: unknown;
  result: boolean;
  why?: string;
}

/** `place` is the key's place in [0, 2^32). A gate lets in what lies below `threshold`; a split gives entry `chosen` of its entries. */
export type BucketStep =
  | {
      kind: 'gate';
      percentage: number;
      bucketBy: string;
      key: string | null;
      place?: number;
      threshold?: number;
      admitted: boolean;
    }
  | {
      kind: 'split';
      entries: { variant: string; weight: number }[];
      bucketBy: string;
      key: string | null;
      place?: number;
      bucket?: number;
      chosen?: number;
    }
  | {
      kind: 'fractional';
      entries: { variant: JsonValue; weight: number }[];
      key: string;
      place: number;
      bucket: number;
      chosen: number;
    };

export type Step =
  | {
      step: 'prerequisite';
      flag: string;
      required: string[];
      evaluation: Evaluation | null;
      satisfied: boolean;
      why?: string;
      steps: Step[];
    }
  | { step: 'enabled'; enabled: boolean }
  | {
      step: 'rule';
      id: string;
      name: string | null;
      source: Source;
      matched: boolean;
      why: string;
      conditions: ConditionStep[];
      buckets: BucketStep[];
    }
  | { step: 'default'; served: 'default variant' | 'split of the variants' | 'off variant' | 'nothing'; buckets: BucketStep[] }
  | { step: 'error'; why: string };
