import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/identity/caller.js';
import { sha256Of } from '../../access/identity/token-text.js';
import { StreamTickets } from '../../access/stream-tickets.js';
import { StateStore } from '../../audit/follow/state-store.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { PublicUrl } from '../../platform/http/outside/face.js';

/** The event streams that a bulk answer names, as JSON; they are part of its tag by their `version`. */
export interface NamedStreams {
  json: string;
  version: string;
}

interface InWindow {
  window: number;
  at: PublicUrl;
  streams: NamedStreams;
}

const INACTIVITY_SECONDS = 120;
const CATCH_UP_MS = 500;

/** What OFREP's bulk answer has to do with event streams (ADR 0008 of that protocol). */
@Injectable()
export class EventStreams {
  /** By caller and environment. A caller whose token changes is another object. */
  private readonly lastNamed = new WeakMap<Caller, Map<string, InWindow>>();

  constructor(
    private readonly tickets: StreamTickets,
    private readonly store: StateStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Null where this server offers none. */
  named(caller: Caller, environment: string, now: number, at: PublicUrl): NamedStreams | null {
    if (this.config.streams.limit === 0) return null;
    const window = this.tickets.windowAt(now);
    let named = this.lastNamed.get(caller);
    if (named === undefined) this.lastNamed.set(caller, (named = new Map<string, InWindow>()));
    const known = named.get(environment);
    if (known?.window === window && isSame(known.at, at)) return known.streams;
    const streams = this.streamsFor(caller, environment, now, at);
    if (streams !== null) named.set(environment, { window, at, streams });
    return streams;
  }

  private streamsFor(caller: Caller, environment: string, now: number, at: PublicUrl): NamedStreams | null {
    const ticket = this.tickets.issue(caller, environment, now);
    if (ticket === null) return null;
    // Without a public URL a path alone: the provider puts the origin before it by which it reaches this server.
    const stream = {
      type: 'sse',
      endpoint: {
        ...(at.isSet && at.origin !== null && { origin: at.origin }),
        requestUri: `${at.prefix}/ofrep/v1/stream?ticket=${ticket}`,
      },
      inactivityDelaySec: INACTIVITY_SECONDS,
    };
    // With a 304 a provider keeps the stream that it knows: the tag changes before the ticket in it has expired.
    return { json: JSON.stringify([stream]), version: this.tickets.windowAt(now).toString(36) + versionOf(at) };
  }

  /** Null when this server knows what the event told of; else waits for it. @throws {Unavailable} */
  awaited(flagConfigEtag: unknown): Promise<void> | null {
    const revision = revisionIn(flagConfigEtag);
    return revision === null || this.store.state.revision >= revision ? null : this.store.reach(revision, CATCH_UP_MS);
  }
}

const isSame = (one: PublicUrl, other: PublicUrl) =>
  one === other || (one.prefix === other.prefix && one.origin === other.origin && one.isSet === other.isSet);

/** Where the stream is: who moves has to be told anew. */
function versionOf({ origin, prefix, isSet }: PublicUrl): string {
  const url = `${isSet ? (origin ?? '') : ''}${prefix}`;
  return url === '' ? '' : `.${sha256Of(url).slice(0, 8)}`;
}

/** The tag of a change event: a digest alone would not tell whether it is newer than what a server has. */
export const eventTag = ({ revision, etag }: { revision: number; etag: string }): string => `${String(revision)}.${etag}`;

function revisionIn(tag: unknown): number | null {
  const revision = typeof tag === 'string' ? /^(\d{1,15})\.[\w-]+$/.exec(tag)?.[1] : undefined;
  return revision === undefined ? null : Number(revision);
}
