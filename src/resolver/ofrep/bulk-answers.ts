import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EvaluationContext, perObject, readsTime, type Snapshot } from '@flagtree/engine';
import { byteString, type ByteString } from '../../platform/http/byte-string.js';
import type { NamedStreams } from './named-streams.js';
import { type EvaluatedFlags, evaluatedFlags } from './ofrep-fragments.js';

export interface BulkQuestion {
  snapshot: Snapshot;
  context: EvaluationContext;
  /** Stands for the context. */
  contextDigest: string;
  now: number;
  streams: NamedStreams | null;
}

export interface BulkAnswer {
  /** Strong, quoted. The same tag means the same values of the same flags for the same context, and the same event streams. */
  etag: string;
  /** The JSON of the OFREP body. */
  body(): ByteString;
  flags(): EvaluatedFlags;
}

/**
 * OFREP bulk answers. The tag covers the environment's content and the context, so that an answer is only worked out when somebody
 * needs it. Where the time of day matters, the tag covers the values themselves.
 */
@Injectable()
export class BulkAnswers {
  answer({ snapshot, context, contextDigest, now, streams }: BulkQuestion): BulkAnswer {
    let known: EvaluatedFlags | undefined;
    const flags = () => (known ??= evaluatedFlags(snapshot, context, now));
    const question = `${snapshot.etag}-${contextDigest}`;
    const tag = readTime(snapshot.whole ?? snapshot.flags) ? digest(question, flags()) : question;
    return {
      etag: streams ? `"${tag}-${streams.version}"` : `"${tag}"`,
      body: () => bodyOf(snapshot, flags(), streams),
      flags,
    };
  }
}

/** Whether any of them does. */
const readTime = perObject((flags: Snapshot['flags']) => [...flags.values()].some(readsTime));

function bodyOf(snapshot: Snapshot, flags: EvaluatedFlags, streams: NamedStreams | null): ByteString {
  return (HEAD + flags.json + tailOf(snapshot, streams)) as ByteString;
}

const HEAD = '{"flags":[';

interface Tail {
  streams: NamedStreams | null;
  json: ByteString;
}

const lastTails = new WeakMap<Snapshot, Tail>();

/** The same for all contexts, and for a caller as long as the streams that it is named. */
function tailOf(snapshot: Snapshot, streams: NamedStreams | null): ByteString {
  const last = lastTails.get(snapshot);
  if (last?.streams === streams) return last.json;
  const metadata = JSON.stringify({ flagSetId: snapshot.environment, version: String(snapshot.revision) });
  const json = byteString(`],"metadata":${metadata}${streams ? `,"eventStreams":${streams.json}` : ''}}`);
  lastTails.set(snapshot, { streams, json });
  return json;
}

function digest(question: string, { json }: EvaluatedFlags): string {
  return hash('sha256', question + json, 'base64url').slice(0, 27);
}
