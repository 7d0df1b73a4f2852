import type { ErrorCode, Reason } from './reader.js';
import type { Duration, Json } from './json.js';

/** Somebody got a variant by a rule or a bucket. */
export interface Exposure {
  readonly type: 'exposure';
  readonly flag: string;
  readonly variant: string | null;
  readonly reason: Reason;
  readonly targetingKey: string | null;
  readonly environment: string | null;
  readonly revision: number | null;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Only where there is no variant. */
  readonly value?: Json;
  readonly errorCode?: ErrorCode;
  readonly errorMessage?: string;
  /** The attributes of the context that `attributes` names. */
  readonly attributes?: Readonly<Record<string, Json>>;
}

/** Somebody did something. */
export interface TrackEvent {
  readonly type: 'track';
  readonly event: string;
  readonly targetingKey: string | null;
  readonly environment: string | null;
  readonly time: number;
  readonly details: TrackDetails;
  readonly attributes?: Readonly<Record<string, Json>>;
}

/** As OpenFeature has them: a number, and whatever else. */
export interface TrackDetails {
  readonly value?: number;
  readonly [member: string]: Json | undefined;
}

export interface ExposureOptions {
  /** Gets at most 500 in the order in which they happened. A batch that fails is tried three times, for 10 s each. */
  readonly send: (batch: readonly (Exposure | TrackEvent)[], signal: AbortSignal) => unknown;
  /** Default false: only where a rule or a bucket decided. */
  readonly all?: boolean;
  /** Default false: one for each flag, variant and targeting key within an hour. */
  readonly every?: boolean;
  /** Attributes of the context to be told besides the targeting key; none by default. */
  readonly attributes?: readonly string[];
  /** Default 10 s. */
  readonly flushInterval?: Duration;
}
