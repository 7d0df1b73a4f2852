import { segmentsReachedBy } from '../state/references.js';
import type { CompiledFlag, Snapshot } from '../compile/snapshot.js';
import type { Bucketing, Condition, FlagFields, FlagMetadata, FlagType, OnMissingKey, Prerequisite, Segment } from '../types.js';

/** A flag as it is in one environment: all that an evaluator needs of it. */
export interface SnapshotFlag extends FlagFields {
  type: FlagType;
  bucketing: Bucketing;
  salt: string;
  onMissingKey: OnMissingKey;
  prerequisites: Prerequisite[];
  metadata: FlagMetadata;
  inheritedFrom: string | null;
}

export interface SnapshotDocument {
  environment: string;
  revision: number;
  etag: string;
  flags: Record<string, SnapshotFlag>;
  segments: Record<string, { conditions: Condition[] }>;
}

/** Everything that an evaluator outside of this server needs for one environment. Flags and segments are sorted by key. */
export function snapshotDocument(snapshot: Snapshot, segments: ReadonlyMap<string, Segment>): SnapshotDocument {
  const { environment, revision, etag } = snapshot;
  const flags = [...snapshot.flags].map(([key, flag]) => [key, snapshotFlag(flag)] as const);
  const reached = segmentsReachedBy(
    segments,
    flags.flatMap(([, { rules }]) => rules),
  );
  return {
    environment,
    revision,
    etag,
    flags: Object.fromEntries(flags),
    segments: Object.fromEntries(conditionsOf(reached, segments)),
  };
}

/** Of those that exist, sorted by key. */
export function conditionsOf(
  keys: ReadonlySet<string>,
  segments: ReadonlyMap<string, Segment>,
): [string, { conditions: Condition[] }][] {
  return [...keys].sort().flatMap((key): [string, { conditions: Condition[] }][] => {
    const segment = segments.get(key);
    return segment ? [[key, { conditions: segment.conditions }]] : [];
  });
}

/** What an evaluator needs of a flag. */
export function snapshotFlag({ resolved, inheritedFrom }: CompiledFlag): SnapshotFlag {
  const { flag, fields } = resolved;
  return {
    type: flag.type,
    enabled: fields.enabled.value,
    percentage: fields.percentage.value,
    rules: fields.rules.value,
    variants: fields.variants.value,
    defaultVariant: fields.defaultVariant.value,
    offVariant: fields.offVariant.value,
    bucketing: flag.bucketing,
    salt: flag.salt ?? flag.key,
    onMissingKey: flag.onMissingKey,
    prerequisites: flag.prerequisites,
    metadata: flag.metadata,
    inheritedFrom,
  };
}
