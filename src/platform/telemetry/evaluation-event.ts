import type { LogRecord } from '@opentelemetry/api-logs';
import { type Evaluation, evaluationAttributes } from '@flagtree/engine';

export interface Evaluated {
  key: string;
  evaluation: Evaluation;
  environment: string;
  revision: number;
  targetingKey: string | undefined;
}

/** The event of OpenTelemetry's semantic conventions for feature flags. */
export function evaluationEvent({ key, evaluation, environment, revision, targetingKey }: Evaluated): LogRecord {
  const { reason } = evaluation;
  return {
    eventName: 'feature_flag.evaluation',
    timestamp: Date.now(),
    attributes: evaluationAttributes({
      ...{ key, reason, environment, revision, targetingKey: targetingKey ?? null },
      ...(evaluation.ok
        ? { variant: evaluation.variant ?? null }
        : { errorCode: evaluation.errorCode, errorMessage: evaluation.errorDetails }),
    }),
  };
}
