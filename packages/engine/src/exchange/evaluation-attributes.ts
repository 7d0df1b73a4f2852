import type { Reason } from '../types.js';

/** One evaluation, as telemetry tells of it. What is null or absent is not known, or not there. */
export interface ToldEvaluation {
  key: string;
  reason: Reason;
  variant?: string | null;
  /** Told only where there is no variant, which stands for it: it may be sensitive. */
  value?: string | number | boolean;
  errorCode?: string;
  errorMessage?: string;
  environment: string | null;
  revision: number | null;
  targetingKey: string | null;
}

/** The attributes of the event `feature_flag.evaluation` of OpenTelemetry's semantic conventions (1.44). */
export function evaluationAttributes(told: ToldEvaluation): Record<string, string | number | boolean> {
  const { key, reason, variant = null, value, errorCode, errorMessage, environment, revision, targetingKey } = told;
  return {
    'feature_flag.key': key,
    'feature_flag.provider.name': 'flagtree',
    ...(environment !== null && { 'feature_flag.set.id': environment }),
    ...(revision !== null && { 'feature_flag.version': String(revision) }),
    'feature_flag.result.reason': reason.toLowerCase(),
    ...(targetingKey !== null && { 'feature_flag.context.id': targetingKey }),
    ...(variant !== null && { 'feature_flag.result.variant': variant }),
    ...(variant === null && value !== undefined && { 'feature_flag.result.value': value }),
    ...(errorCode !== undefined && { 'error.type': errorCode.toLowerCase() }),
    ...(errorMessage !== undefined && { 'feature_flag.error.message': errorMessage }),
  };
}
