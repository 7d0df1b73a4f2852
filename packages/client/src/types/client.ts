import type { FlagReader } from './reader.js';
import type { FlagSet, FlagType } from './flags.js';
import type { Context, Duration, Json } from './json.js';
import type { Exposure, TrackDetails, TrackEvent } from './exposures.js';
import type { Stats } from './stats.js';

export interface FlagtreeClient<F extends FlagSet> extends FlagReader<F> {
  /**
   * Resolves when there is data that the first attempt has confirmed or could not get, at the latest after `timeout` (3 s): never rejects,
   * unless `required`: then, when there is no data.
   */
  ready(options?: { readonly timeout?: Duration; readonly required?: boolean }): Promise<Status>;
  /** Asks the server when the data was confirmed longer ago than `maxAge`; at the latest after `timeout` (3 s) with what there is. */
  fresh(options: { readonly maxAge: Duration; readonly timeout?: Duration }): Promise<Status>;
  /** Reads what is known now, whatever arrives later. */
  pinned(): FlagReader<F>;
  /** The same with a context, under which each call may put its own attributes. */
  bind(context: Context): FlagReader<F>;
  /** Within `body`, and all that it awaits, calls without a context use this one. */
  run<T>(context: Context, body: () => T): T;
  /** Says what a flag is in this process, until it is told `undefined`. */
  override(key: keyof F & string, value: Json | undefined): void;
  /** The slugs from the environment to its root; empty while there is no data. */
  chain(): readonly string[];
  /** The flag as the environment has it, with what it inherits and from where; null: there is none, or it cannot be used. */
  resolved(key: keyof F & string): ResolvedFlag | null;
  /** Tells what somebody did, in order with the exposures. */
  track(event: string, details?: TrackDetails, context?: Context): void;
  /** The answer takes the listener away again. */
  on<E extends keyof ClientEvents>(event: E, listener: (event: ClientEvents[E]) => void): () => void;
  status(): Status;
  stats(): Stats;
  /** Sends what is queued; resolves when that is done or given up. */
  flush(): Promise<void>;
  /** Ends everything that is open, after at most 2 s for what is queued. The flags stay as they are last known. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * `loading`: no data yet, within the first attempt. `empty`: that attempt failed. `ready`: confirmed by the server. `stale`: there is data that
 * cannot be confirmed. `closed`.
 */
export type State = 'loading' | 'empty' | 'ready' | 'stale' | 'closed';

export interface ClientEvents {
  /** After the new data is in force: a listener sees it. `keys` are those whose definition changed; all, when that is not known. */
  change: { readonly environment: string; readonly revision: number; readonly keys: readonly string[] };
  state: { readonly from: State; readonly to: State; readonly cause?: string };
  exposure: readonly (Exposure | TrackEvent)[];
  problem: Problem;
}

/** A flag as it is in the environment of the client, before any context and any override of this process. */
export interface ResolvedFlag {
  readonly key: string;
  readonly type: FlagType;
  readonly enabled: boolean;
  /** From 0 to 100. */
  readonly percentage: number;
  readonly variants: readonly { readonly key: string; readonly value: Json }[];
  /** In the order in which they are tried. */
  readonly rules: readonly Json[];
  readonly defaultVariant: string | null;
  /** Null: off means the fallback. */
  readonly offVariant: string | null;
  /** The ancestor from which the environment has the flag as it is; null: it overrides it, or nobody does. */
  readonly inheritedFrom: string | null;
  /** From where each field and rule comes, null being the flag itself: of a document with details (`?details=true`). */
  readonly sources?: { readonly fields: Readonly<Record<string, string | null>>; readonly rules: readonly (string | null)[] };
  readonly environment: string;
  readonly revision: number;
}

/** Something that a person should know. Each code is told once a minute at most, with how often it happened since. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly count: number;
  /** What the server said, where it did. */
  readonly server?: { readonly status: number; readonly code?: string };
}

export type ProblemCode =
  | 'unreachable'
  | 'refused'
  | 'redirected'
  | 'environment-mismatch'
  | 'document-refused'
  | 'document-shrank'
  | 'older-revision'
  | 'flag-defect'
  | 'stream-buffered'
  | 'cache'
  | 'override'
  | 'definition'
  | 'listener'
  | 'exposures';

export interface Status {
  readonly state: State;
  /** Whether there is data, from wherever. */
  readonly hasData: boolean;
  readonly environment: string | null;
  readonly revision: number | null;
  readonly etag: string | null;
  /** From where the data came. */
  readonly source: 'server' | 'cache' | 'bootstrap' | 'none';
  /** Since the server last confirmed the data; null: it never did. */
  readonly ageSeconds: number | null;
  /** How changes arrive now, and, if not by the stream that was asked for, why. */
  readonly transport: 'stream' | 'poll' | 'manual' | 'offline';
  readonly why?: string;
  readonly lastError: string | null;
  readonly overrides: readonly ActiveOverride[];
}

/** `name`: the key of the flag, or the variable (`FF_…`), which stands for every key that it can be read as. */
export interface ActiveOverride {
  readonly name: string;
  readonly from: 'override' | 'process' | '.env.local';
  /** As it was given: the text of a variable. */
  readonly value: Json;
}
