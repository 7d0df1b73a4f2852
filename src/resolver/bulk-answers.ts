import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson, evaluate, segmentsReachedBy } from '../engine/index.js';
import type { Snapshot } from '../engine/snapshot.js';
import type { EvaluationContext, Segment } from '../engine/types.js';
import { metadataInSet } from './flag-answer.js';
import type { NamedStreams } from './event-streams.js';
import { ofrepAnswer } from './ofrep-answers.js';

export interface BulkAnswer {
  /** Strong, quoted. The same tag means the same values of the same flags for the same context, and the same event streams. */
  etag: string;
  /** The JSON of the OFREP body. */
  body(): string;
}

/** What the cache of answers may hold, in characters of JSON. */
const CACHE_CHARACTERS = 16_000_000;

/**
 * OFREP bulk answers. The tag covers the environment's content and the context, so that an answer is only worked out when somebody
 * needs it, and then kept for the next one who asks the same. Where the time of day matters, the tag covers the values themselves.
 */
@Injectable()
export class BulkAnswers {
  private readonly cache = new TextCache(CACHE_CHARACTERS);
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
      body: () => bodyOf(snapshot, flags(), streams),
    };
  }

  private evaluated(snapshot: Snapshot, segments: ReadonlyMap<string, Segment>, context: EvaluationContext, now: number) {
    const question = digest(snapshot.etag, canonicalJson(context));
    if (this.dependsOnTime(snapshot, segments)) {
      const flags = evaluatedFlags(snapshot, context, now);
      return { etag: digest(question, flags), flags: () => flags };
    }
    return { etag: question, flags: () => this.cache.get(question, () => evaluatedFlags(snapshot, context, now)) };
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

function evaluatedFlags(snapshot: Snapshot, context: EvaluationContext, now: number): string {
  const answers = Array.from(snapshot.flags.keys(), (key) =>
    JSON.stringify(ofrepAnswer(key, evaluate(snapshot, key, context, now), metadataInSet(snapshot, key))),
  );
  return `[${answers.join(',')}]`;
}

/** Revision and streams are not part of what is kept: they move on while the values stay. */
function bodyOf({ environment, revision }: Snapshot, flags: string, streams: NamedStreams | null): string {
  const metadata = JSON.stringify({ flagSetId: environment, version: String(revision) });
  return `{"flags":${flags},"metadata":${metadata}${streams ? `,"eventStreams":${streams.json}` : ''}}`;
}

function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 27);
}

/** Least recently used first out, once the texts together are longer than `limit`. */
class TextCache {
  private readonly texts = new Map<string, string>();
  private characters = 0;

  constructor(private readonly limit: number) {}

  get(key: string, make: () => string): string {
    const known = this.texts.get(key);
    const text = known ?? make();
    if (known !== undefined) this.texts.delete(key);
    else this.characters += text.length;
    this.texts.set(key, text);
    for (const [oldest, { length }] of this.texts) {
      if (this.characters <= this.limit) break;
      this.texts.delete(oldest);
      this.characters -= length;
    }
    return text;
  }
}
