import type { ErrorCode, Evaluation, JsonValue, Reason, Snapshot } from '@flagtree/engine';

/** What OpenFeature calls flag metadata. `flagSetId` is the environment, `version` the revision; telemetry reads both under these names. */
export interface FlagMetadata {
  flagSetId?: string;
  version?: string;
  /** The ancestor whose override makes the flag what it is here; absent when the flag's base or the environment itself does. */
  inheritedFrom?: string;
}

/** One evaluated flag in OpenFeature's words. Without `value` the caller's own default applies. */
export interface FlagAnswer {
  value?: JsonValue;
  variant?: string;
  reason: Reason;
  errorCode?: ErrorCode;
  errorDetails?: string;
  metadata: FlagMetadata;
}

export function flagAnswer(evaluation: Evaluation, metadata: FlagMetadata): FlagAnswer {
  if (!evaluation.ok)
    return { reason: 'ERROR', errorCode: evaluation.errorCode, errorDetails: evaluation.errorDetails, metadata };
  const { value, variant, reason } = evaluation;
  return { ...(value !== undefined && { value }), ...(variant !== undefined && { variant }), reason, metadata };
}

/** Metadata of a flag that is answered within a set, which names the environment and revision itself. */
export function metadataInSet(snapshot: Snapshot, key: string): FlagMetadata {
  const inheritedFrom = snapshot.flags.get(key)?.inheritedFrom ?? null;
  return inheritedFrom === null ? {} : { inheritedFrom };
}

export function metadataOf(snapshot: Snapshot, key: string): FlagMetadata {
  return { flagSetId: snapshot.environment, version: String(snapshot.revision), ...metadataInSet(snapshot, key) };
}
