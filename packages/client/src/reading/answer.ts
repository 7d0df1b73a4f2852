import type { Evaluation } from '../engine.js';
import type { Json } from '../types/json.js';
import type { ErrorCode, Reason } from '../types/reader.js';
import type { Counter, Counters } from './counters.js';

/** One way in which a flag can answer: made once, and handed to every call that it is the answer to. */
export interface Answer {
  /** Undefined: the caller's fallback. */
  readonly value: Json | undefined;
  readonly variant: string | null;
  readonly reason: Reason;
  readonly errorCode: ErrorCode | null;
  readonly errorMessage: string;
  readonly source: 'server' | 'override' | 'default';
  /** Why there is no value; empty where there is one. */
  readonly cause: string;
  /** A rule or a bucket decided. */
  readonly decided: boolean;
  readonly counter: Counter;
}

export function answerOf(key: string, evaluation: Evaluation, counters: Counters): Answer {
  if (!evaluation.ok) return failure(evaluation.errorCode, evaluation.errorDetails, counters.of(key, null, 'ERROR'));
  const { reason, variant = null, value } = evaluation;
  return {
    value: value,
    variant,
    reason,
    errorCode: null,
    errorMessage: '',
    source: value === undefined ? 'default' : 'server',
    cause: value === undefined ? 'NO_VALUE' : '',
    decided: reason === 'TARGETING_MATCH' || reason === 'SPLIT',
    counter: counters.of(key, variant, reason),
  };
}

export function failure(errorCode: ErrorCode, errorMessage: string, counter: Counter): Answer {
  return {
    value: undefined,
    variant: null,
    reason: 'ERROR',
    errorCode,
    errorMessage,
    source: 'default',
    cause: errorCode,
    decided: false,
    counter,
  };
}

/** What somebody said in this process. It is no exposure: nobody was dealt it. */
export function overridden(key: string, value: Json, variant: string | null, counters: Counters): Answer {
  return {
    value,
    variant,
    reason: 'STATIC',
    errorCode: null,
    errorMessage: '',
    source: 'override',
    cause: '',
    decided: false,
    counter: counters.of(key, variant, 'STATIC'),
  };
}
