import type { Clock } from '../clock.js';
import type { Answer } from '../reading/answer.js';
import type { Origin, Witness } from '../reading/reading-kit.js';
import type { Exposure, TrackDetails, TrackEvent } from '../types/exposures.js';
import type { Context, Json } from '../types/json.js';
import { Dedupe } from './dedupe.js';
import type { Queue } from './queue.js';

interface Options {
  readonly queue: Queue;
  readonly clock: Clock;
  /** Whether anybody gets them. */
  readonly wanted: () => boolean;
  readonly all: boolean;
  readonly every: boolean;
  readonly attributes: readonly string[];
}

/** Which variants were dealt to whom, and what was done then, in the order in which it happened. */
export class Exposures implements Witness {
  active = false;
  deduplicated = 0;
  private readonly dedupe = new Dedupe();

  constructor(private readonly options: Options) {
    this.review();
  }

  /** Somebody began or ceased to listen. */
  review(): void {
    this.active = this.options.wanted();
  }

  see(key: string, answer: Answer, context: Context, { environment, revision }: Origin): void {
    const { all, every, queue, clock } = this.options;
    if (!answer.decided && !(all && answer.source !== 'override')) return;
    const targetingKey = targetingKeyOf(context);
    if (!every && !this.dedupe.isNew(answer.counter, keyFor(key, answer, targetingKey), queue.about())) {
      this.deduplicated++;
      return;
    }
    const { variant, reason, value, errorCode, errorMessage } = answer;
    const exposure: Exposure = {
      type: 'exposure',
      flag: key,
      variant,
      reason,
      targetingKey,
      environment,
      revision,
      time: clock.wall(),
      ...(variant === null && value !== undefined && { value }),
      ...(errorCode !== null && { errorCode, errorMessage }),
      ...this.attributesOf(context),
    };
    queue.push(exposure);
  }

  track(event: string, details: TrackDetails, context: Context, environment: string | null): void {
    if (!this.active) return;
    const told: TrackEvent = {
      type: 'track',
      event,
      targetingKey: targetingKeyOf(context),
      environment,
      time: this.options.clock.wall(),
      details,
      ...this.attributesOf(context),
    };
    this.options.queue.push(told);
  }

  private attributesOf(context: Context): { attributes?: Record<string, Json> } {
    const { attributes } = this.options;
    if (attributes.length === 0) return {};
    const told: Record<string, Json> = {};
    for (const name of attributes) {
      const value = memberOf(context, name);
      if (value !== undefined) told[name] = value as Json;
    }
    return { attributes: told };
  }
}

/** Keys that are no flags share a counter. */
function keyFor(key: string, { counter }: Answer, targetingKey: string | null): string {
  return counter.flag === '' ? `${key} ${targetingKey ?? ''}` : (targetingKey ?? '');
}

function targetingKeyOf(context: Context): string | null {
  const key = memberOf(context, 'targetingKey');
  return typeof key === 'string' ? key : null;
}

/** A context may be anything: a getter that throws has nothing to say. */
function memberOf(context: Context | null, name: string): unknown {
  try {
    return context !== null && Object.hasOwn(context, name) ? context[name] : undefined;
  } catch {
    return undefined;
  }
}
