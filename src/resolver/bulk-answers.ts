import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { segmentsReachedBy } from '../engine/index.js';
import type { Snapshot } from '../engine/snapshot.js';
import type { EvaluationContext, Segment } from '../engine/types.js';
import type { Tally } from './evaluation-observer.js';
import type { NamedStreams } from './event-streams.js';
import { type EvaluatedFlags, evaluatedFlags } from './ofrep-fragments.js';

export interface BulkQuestion {
  snapshot: Snapshot;
  segments: ReadonlyMap<string, Segment>;
  context: EvaluationContext;
  /** Stands for the context. */
  contextDigest: string;
  now: number;
  streams: NamedStreams | null;
}

export interface BulkAnswer {
  /** Strong, quoted. The same tag means the same values of the same flags for the same context, and the same event streams. */
  etag: string;
  /** The JSON of the OFREP body, in UTF-8. */
  body(): Buffer;
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

  answer({ snapshot, segments, context, contextDigest, now, streams }: BulkQuestion): BulkAnswer {
    let known: EvaluatedFlags | undefined;
    const flags = () => (known ??= evaluatedFlags(snapshot, context, now));
    const question = `${snapshot.etag}-${contextDigest}`;
    const tag = this.dependsOnTime(snapshot, segments) ? digest(question, flags()) : question;
    return {
      etag: streams ? `"${tag}-${streams.version}"` : `"${tag}"`,
      body: () => bodyOf(snapshot, flags(), streams),
      tally: () => flags().tally,
    };
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

const HEAD = Buffer.from('{"flags":');
const [OPENING, CLOSING] = ['[', ']'].map((bracket) => bracket.charCodeAt(0)) as [number, number];

/** Copied from the fragments, whose first comma gives way to the bracket. */
function bodyOf({ environment, revision }: Snapshot, flags: EvaluatedFlags, streams: NamedStreams | null): Buffer {
  const metadata = JSON.stringify({ flagSetId: environment, version: String(revision) });
  const tail = Buffer.from(`,"metadata":${metadata}${streams ? `,"eventStreams":${streams.json}` : ''}}`);
  const { fragments } = flags;
  const listLength = Math.max(flags.byteLength, 1) + 1;
  const body = Buffer.allocUnsafe(HEAD.byteLength + listLength + tail.byteLength);
  body.set(HEAD);
  let at = HEAD.byteLength;
  for (const fragment of fragments) {
    body.set(fragment, at);
    at += fragment.byteLength;
  }
  body[HEAD.byteLength] = OPENING;
  at = HEAD.byteLength + listLength;
  body[at - 1] = CLOSING;
  body.set(tail, at);
  return body;
}

function digest(question: string, { fragments }: EvaluatedFlags): string {
  return hash('sha256', Buffer.concat([Buffer.from(question), ...fragments]), 'base64url').slice(0, 27);
}
