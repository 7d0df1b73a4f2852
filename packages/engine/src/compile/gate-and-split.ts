import { Attribute } from '../conditions/attributes.js';
import { bucketKeyOf, gateThreshold, placeIn, weightThresholds, type BucketHash } from '../buckets/buckets.js';
import { weightOf } from '../buckets/weights.js';
import { BUCKET_POINTS } from '../costs/bucket-points.js';
import { charge } from '../meter.js';
import { type Recorder, recorderIn, type Watcher } from '../trace/recorder.js';
import type { Evaluation, EvaluationContext, WeightedVariant } from '../types.js';

export const TARGETING_KEY = 'targetingKey';

/** Needs a key from the context to say anything. */
abstract class Bucketed {
  /** The answer when the context has no key for the bucket. */
  readonly keyMissing: Evaluation;
  private readonly attribute: Attribute;

  /** `off`: what is answered in place of the error. */
  constructor(
    protected readonly bucketBy: string,
    protected readonly hash: BucketHash,
    protected readonly off: Evaluation | null,
  ) {
    this.attribute = new Attribute(bucketBy);
    const what = bucketBy === TARGETING_KEY ? 'a targeting key' : `the attribute "${bucketBy}"`;
    this.keyMissing =
      off ??
      Object.freeze({
        ok: false,
        reason: 'ERROR',
        errorCode: 'TARGETING_KEY_MISSING',
        errorDetails: `the flag serves by bucket: the context needs ${what}`,
      });
  }

  /** With a watcher, for whom hashing the key is charged. */
  protected told(watcher: Watcher | undefined): Recorder | undefined {
    if (watcher !== undefined) charge(BUCKET_POINTS);
    return recorderIn(watcher);
  }

  protected keyOf(context: EvaluationContext): string | undefined {
    return bucketKeyOf(this.attribute.of(context, NaN));
  }
}

/** Lets a share of the contexts in, always the same ones; a greater share lets in those and more. */
export class PercentageGate extends Bucketed {
  /** Nobody is let in at 0: no key is needed to say so. */
  readonly needsBucket: boolean;
  private readonly threshold: number;

  constructor(
    private readonly percentage: number,
    bucketBy: string,
    hash: BucketHash,
    off: Evaluation | null = null,
  ) {
    super(bucketBy, hash, off);
    this.needsBucket = percentage > 0;
    this.threshold = gateThreshold(percentage);
  }

  /** Undefined: there is no key, and that is an error. */
  admits(context: EvaluationContext, watcher: Watcher | undefined): boolean | undefined {
    const { percentage, bucketBy, threshold } = this;
    const recorder = this.told(watcher);
    if (!this.needsBucket) {
      recorder?.bucket({ kind: 'gate', percentage, bucketBy, key: null, admitted: false });
      return false;
    }
    const key = this.keyOf(context);
    if (key === undefined) {
      recorder?.bucket({ kind: 'gate', percentage, bucketBy, key: null, admitted: false });
      return this.off === null ? undefined : false;
    }
    const place = this.hash(key);
    recorder?.bucket({ kind: 'gate', percentage, bucketBy, key, place, threshold, admitted: place < threshold });
    return place < threshold;
  }
}

export class Split extends Bucketed {
  /** Percentages are in thousandths. */
  private readonly entries: readonly { variant: string; weight: number }[];
  private readonly thresholds: readonly number[];

  constructor(
    entries: readonly WeightedVariant[],
    private readonly outcomes: readonly Evaluation[],
    bucketBy: string,
    hash: BucketHash,
    off: Evaluation | null = null,
  ) {
    super(bucketBy, hash, off);
    this.entries = entries.map(({ variant, weight }) => ({ variant, weight: weightOf(weight) }));
    this.thresholds = weightThresholds(this.entries.map(({ weight }) => weight));
  }

  choose(context: EvaluationContext, watcher: Watcher | undefined): Evaluation {
    const recorder = this.told(watcher);
    const key = this.keyOf(context);
    if (key === undefined) {
      recorder?.bucket({ kind: 'split', entries: [...this.entries], bucketBy: this.bucketBy, key: null });
      return this.keyMissing;
    }
    const place = this.hash(key);
    const chosen = placeIn(this.thresholds, place);
    if (recorder !== undefined) this.record(recorder, key, place, chosen);
    return this.outcomes[chosen] as Evaluation;
  }

  private record(recorder: Recorder, key: string, place: number, chosen: number): void {
    const total = this.entries.reduce((sum, entry) => sum + entry.weight, 0);
    const bucket = Number((BigInt(place) * BigInt(total)) >> 32n);
    recorder.bucket({ kind: 'split', entries: [...this.entries], bucketBy: this.bucketBy, key, place, bucket, chosen });
  }
}
