import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson, evaluate, segmentsReachedBy } from '../engine/index.js';
import type { Snapshot } from '../engine/snapshot.js';
import type { EvaluationContext, Segment } from '../engine/types.js';
import { emptyTally, type Tally } from './evaluation-observer.js';
import { metadataInSet } from './flag-answer.js';
import type { NamedStreams } from './event-streams.js';
import { ofrepAnswer } from './ofrep-answers.js';

export interface BulkAnswer {
  /** Strong, quoted. The same tag means the same values of the same flags for the same context, and the same event streams. */
  etag: string;
  /** The JSON of the OFREP body. */
  body(): string;
  /** Of the flags in it. */
  tally(): Tally;
}

/** What the cache of answers may hold, in characters of JSON. */
const CACHE_CHARACTERS = 16_000_000;

/**
 * OFREP bulk answers. The tag covers the environment's content and the context, so that an answer is only worked out when somebody
 * needs it, and then kept for the next one who asks the same. Where the time of day matters, the tag covers the values themselves.
 */
@Injectable()
export class BulkAnswers {
  private readonly cache = new AnswerCache(CACHE_CHARACTERS);
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
      body: () => bodyOf(snapshot, flags().text, streams),
      tally: () => flags().tally,
    };
  }

  private evaluated(snapshot: Snapshot, segments: ReadonlyMap<string, Segment>, context: EvaluationContext, now: number) {
    const question = digest(snapshot.etag, canonicalJson(context));
    if (this.dependsOnTime(snapshot, segments)) {
      const flags = evaluatedFlags(snapshot, context, now);
      return { etag: digest(question, flags.text), flags: () => flags };
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

/** Every flag for one context: the JSON of the list, and how the flags came to their values. */
interface EvaluatedFlags {
  text: string;
  tally: Tally;
}

function evaluatedFlags(snapshot: Snapshot, context: EvaluationContext, now: number): EvaluatedFlags {
  const tally = emptyTally();
  const answers = Array.from(snapshot.flags.keys(), (key) => {
    const evaluation = evaluate(snapshot, key, context, now);
    tally[evaluation.reason]++;
    return JSON.stringify(ofrepAnswer(key, evaluation, metadataInSet(snapshot, key)));
  });
  return { text: `[${answers.join(',')}]`, tally };
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
class AnswerCache {
  private readonly answers = new Map<string, EvaluatedFlags>();
  private characters = 0;

  constructor(private readonly limit: number) {}

  get(key: string, make: () => EvaluatedFlags): EvaluatedFlags {
    const known = this.answers.get(key);
    const answer = known ?? make();
    if (known !== undefined) this.answers.delete(key);
    else this.characters += answer.text.length;
    this.answers.set(key, answer);
    for (const [oldest, { text }] of this.answers) {
      if (this.characters <= this.limit) break;
      this.answers.delete(oldest);
      this.characters -= text.length;
    }
    return answer;
  }
}
