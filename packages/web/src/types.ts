export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Who looks at the page: sent to the server, which decides by it. */
export interface Context {
  targetingKey?: string | undefined;
  [attribute: string]: Json | Date | undefined;
}

export type Reason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'CACHED' | 'STALE' | 'UNKNOWN' | 'ERROR';

/** One flag, as OFREP answers. */
export interface Evaluation {
  readonly key: string;
  /** Absent: the caller's own default holds. */
  readonly value?: Json;
  readonly variant?: string | null;
  readonly reason?: string;
  readonly errorCode?: string;
  readonly errorDetails?: string;
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
}

/** All flags: the body of an OFREP bulk answer, or what `all()` of a Flagtree client gives. */
export type Bootstrap =
  | { readonly flags: readonly Evaluation[]; readonly metadata?: Evaluation['metadata'] }
  | Readonly<Record<string, Omit<Evaluation, 'key'>>>;

/** What a flag is, and why. */
export interface Details<Value extends Json = Json> {
  key: string;
  value: Value;
  variant: string | null;
  /** `CACHED`: of an earlier visit, and not yet confirmed. */
  reason: string;
  errorCode: string | undefined;
  errorMessage: string | undefined;
  metadata: Readonly<Record<string, string | number | boolean>>;
}

/**
 * - `loading`: nothing has been heard of the server yet; the values are of an earlier visit, of `bootstrap`, or the fallbacks
 * - `ready`: the values are what the server said last
 * - `stale`: there are values, and the server cannot be asked whether they still hold
 * - `empty`: there are none, and the server cannot be asked
 */
export type State = 'loading' | 'ready' | 'stale' | 'empty' | 'closed';

export interface Status {
  state: State;
  environment: string | null;
  revision: number | null;
  /** When the server last said something, in milliseconds since 1970; null: never. */
  updatedAt: number | null;
}

/** A user has got a variant that a rule or a split decided. */
export interface Exposure {
  type: 'exposure';
  flag: string;
  variant: string | null;
  reason: string;
  targetingKey: string | null;
  environment: string | null;
  revision: number | null;
  time: string;
}

export interface Problem {
  /** Of the answer: 401 and 403 are about the token; 0: there is none. */
  status: number;
  message: string;
}

export interface WebEvents {
  /** After the new values hold. */
  change: { keys: string[] };
  state: { from: State; to: State };
  exposure: Exposure;
  problem: Problem;
}

export interface WebClientOptions {
  /** Where the server is, with the path that it is served below; by default the origin of the page. */
  url?: string | undefined;
  /** A browser token. It is no secret: whoever has the page has it. */
  token?: string | undefined;
  /** Where the token is for more than one. */
  environment?: string | undefined;
  context?: Context | undefined;
  /** Without a `targetingKey` the browser gets a random one, which it keeps. */
  anonymous?: boolean | undefined;
  /** Values that the page came with; none has to be waited for. */
  bootstrap?: Bootstrap | undefined;
  /** Where values are kept for the next visit: `localStorage` by default; null: nowhere. */
  storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'> | null | undefined;
  /** `live` by default. `next-load`: the page keeps the values that it began with. */
  changes?: 'live' | 'next-load' | undefined;
  exposures?: { send: (batch: Exposure[]) => unknown; all?: boolean } | undefined;
}

export interface WebClient {
  boolean: (key: string, fallback?: boolean) => boolean;
  string: (key: string, fallback?: string) => string;
  number: (key: string, fallback?: number) => number;
  json: <Value extends Json = Json>(key: string, fallback?: Value) => Value;
  variant: (key: string) => string | null;
  details: <Value extends Json>(key: string, fallback: Value) => Details<Value>;
  /** Every flag that has a value. */
  all: () => Record<string, Details>;
  /** As `details`, of what `bootstrap` says: what a server has rendered by. */
  initial: <Value extends Json>(key: string, fallback: Value) => Details<Value>;
  /** Resolves when the server has answered or cannot be asked, at last after `timeoutMs` (3,000); never rejects. */
  ready: (options?: { timeoutMs?: number }) => Promise<Status>;
  /** Evaluates anew, for another user or other attributes; resolves as `ready` does. */
  setContext: (context: Context) => Promise<Status>;
  /** The browser gets a new random `targetingKey`. */
  resetAnonymousId: () => Promise<Status>;
  on: <Event extends keyof WebEvents>(event: Event, listener: (told: WebEvents[Event]) => void) => () => void;
  status: () => Status;
  /** Sends the exposures that wait. */
  flush: () => Promise<void>;
  close: () => void;
}
