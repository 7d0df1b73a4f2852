import type { ErrorCode, Evaluation, JsonValue, Reason } from '@flagtree/engine';
import type { AnswerMetadata } from '../evaluation/flag-answer.js';

export interface OfrepSuccess {
  key: string;
  /** Absent, as `variant` is: the caller's own default applies. */
  value?: JsonValue | undefined;
  reason: Reason;
  variant?: string | undefined;
  metadata: AnswerMetadata;
}

export interface OfrepFailure {
  key: string;
  errorCode: ErrorCode;
  errorDetails: string;
  metadata: AnswerMetadata;
}

/** One flag in the words of OFREP. Members that are undefined do not appear in the JSON. */
export function ofrepAnswer(key: string, evaluation: Evaluation, metadata: AnswerMetadata): OfrepSuccess | OfrepFailure {
  if (evaluation.ok) return { key, value: evaluation.value, reason: evaluation.reason, variant: evaluation.variant, metadata };
  return { key, errorCode: evaluation.errorCode, errorDetails: evaluation.errorDetails, metadata };
}

export function ofrepStatus(evaluation: Evaluation): 200 | 400 | 404 {
  if (evaluation.ok) return 200;
  return evaluation.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400;
}
