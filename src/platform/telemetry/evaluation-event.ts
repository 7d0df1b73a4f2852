import type { LogRecord } from '@opentelemetry/api-logs';
import type { Evaluation } from '@flagtree/engine';

export interface Evaluated {
  key: string;
  evaluation: Evaluation;
  environment: string;
  revision: number;
  targetingKey: string | undefined;
}

/** The event of OpenTelemetry's semantic conventions for feature flags (1.44). */
export function evaluationEvent({ key, evaluation, environment, revision, targetingKey }: Evaluated): LogRecord {
  return {
    eventName: 'feature_flag.evaluation',
    timestamp: Date.now(),
    attributes: {
      'feature_flag.key': key,
      'feature_flag.provider.name': 'flagtree',
      'feature_flag.set.id': environment,
      'feature_flag.version': String(revision),
      'feature_flag.result.reason': evaluation.reason.toLowerCase(),
      ...(targetingKey !== undefined && { 'feature_flag.context.id': targetingKey }),
      ...outcomeOf(evaluation),
    },
  };
}

/** The variant stands for the value, which may be sensitive. */
function outcomeOf(evaluation: Evaluation): Record<string, string> {
  if (evaluation.ok) return evaluation.variant === undefined ? {} : { 'feature_flag.result.variant': evaluation.variant };
  return { 'error.type': evaluation.errorCode.toLowerCase(), 'feature_flag.error.message': evaluation.errorDetails };
}
