import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson, segmentsReachedBy } from '../engine/index.js';
import type { Snapshot } from '../engine/snapshot.js';
import type { EvaluationContext, Segment } from '../engine/types.js';
import type { Tally } from './evaluation-observer.js';
import type { NamedStreams } from './event-streams.js';
import { type EvaluatedFlags, evaluatedFlags } from './ofrep-fragments.js';

export interface BulkAnswer {
  /** Strong, quoted. The same tag means the same values of the same flags for the same context, and the same event streams. */
  etag: string;
  /** The JSON of the OFREP body. */
  body(): string;
  /** Of the flags in it. */
  tally(): Tally;
}

/**
 * OFREP bulk answers. The tag covers the environment's content and the context, so that an answer is only worked out when somebody
 * needs it. Where the time of day matters, the tag covers the values themselves.
 */
@Injectable()
export class BulkAnswers {
  private readonly timed = new WeakMap<Snapshot['flags'], boolean>();

  answer(
    snapshot: Snapshot,
    segments: ReadonlyMap<string, Segment>,
    context: EvaluationContext,
    now: number,
    streams: NamedStreams | null = null,
  ): BulkAnswer {
    const { etag, flags } = this.evaluated(snapshot, segments, context, now);
    return {
      etag: streams ? `"${etag}-${streams.version}"` : `"${etag}"`,
      body: () => bodyOf(snapshot, flags().json, streams),
      tally: () => flags().tally,
    };
  }

  private evaluated(snapshot: Snapshot, segments: ReadonlyMap<string, Segment>, context: EvaluationContext, now: number) {
    const question = digest(snapshot.etag, canonicalJson(context));
    if (this.dependsOnTime(snapshot, segments)) {
      const flags = evaluatedFlags(snapshot, context, now);
      return { etag: digest(question, flags.json), flags: () => flags };
    }
    let flags: EvaluatedFlags | undefined;
    return { etag: question, flags: () => (flags ??= evaluatedFlags(snapshot, context, now)) };
  }

  private dependsOnTime({ flags }: Snapshot, segments: ReadonlyMap<string, Segment>): boolean {
    let timed = this.timed.get(flags);
    if (timed === undefined) {
      timed = mentionNow(flags, segments);
      this.timed.set(flags, timed);
    }
    return timed;
  }
}

/** A mere mention is enough: taking a flag for one that depends on the time costs a little, the contrary would serve stale values. */
function mentionNow(flags: Snapshot['flags'], segments: ReadonlyMap<string, Segment>): boolean {
  const rules = [...flags.values()].flatMap(({ resolved }) => resolved.fields.rules.value);
  const reached = [...segmentsReachedBy(segments, rules)].map((key) => segments.get(key)?.conditions);
  const text = JSON.stringify([rules, reached]);
  return text.includes('"$now"') || text.replaceAll('"$flagd.flagKey"', '').includes('$flagd');
}

function bodyOf({ environment, revision }: Snapshot, flags: string, streams: NamedStreams | null): string {
  const metadata = JSON.stringify({ flagSetId: environment, version: String(revision) });
  return `{"flags":${flags},"metadata":${metadata}${streams ? `,"eventStreams":${streams.json}` : ''}}`;
}

function digest(...parts: readonly string[]): string {
  return hash('sha256', parts.join('\n'), 'base64url').slice(0, 27);
}
