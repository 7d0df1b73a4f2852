import type { CompiledFlag, ErrorCode, Evaluation, FlagMetadata, JsonValue, Reason, Snapshot } from '@flagtree/engine';

/**
 * What OpenFeature calls flag metadata: that of the flag, and what is known of the answer, which wins. `flagSetId` is the environment,
 * `version` the revision; telemetry reads both under these names.
 */
export type AnswerMetadata = FlagMetadata & {
  flagSetId?: string;
  version?: string;
  /** The ancestor whose override makes the flag what it is here; absent when the flag's base or the environment itself does. */
  inheritedFrom?: string;
};

/** One evaluated flag in OpenFeature's words. Without `value` the caller's own default applies. */
export interface FlagAnswer {
  value?: JsonValue;
  variant?: string;
  reason: Reason;
  errorCode?: ErrorCode;
  errorDetails?: string;
  metadata: AnswerMetadata;
}

export function flagAnswer(evaluation: Evaluation, metadata: AnswerMetadata): FlagAnswer {
  if (!evaluation.ok)
    return { reason: 'ERROR', errorCode: evaluation.errorCode, errorDetails: evaluation.errorDetails, metadata };
  const { value, variant, reason } = evaluation;
  return { ...(value !== undefined && { value }), ...(variant !== undefined && { variant }), reason, metadata };
}

/** Metadata of a flag that is answered within a set, which names the environment and revision itself. */
export function metadataInSet(flag: CompiledFlag | undefined): AnswerMetadata {
  if (flag === undefined) return {};
  const { flagSetId: _set, version: _version, inheritedFrom: _from, ...own } = flag.resolved.flag.metadata;
  return flag.inheritedFrom === null ? own : { ...own, inheritedFrom: flag.inheritedFrom };
}

/** To who sees a part of the environment, as a page does, what the flag itself says, and where it comes from, is no business. */
export function metadataOf(snapshot: Snapshot, key: string): AnswerMetadata {
  return {
    flagSetId: snapshot.environment,
    version: String(snapshot.revision),
    ...(snapshot.whole ? {} : metadataInSet(snapshot.flags.get(key))),
  };
}
