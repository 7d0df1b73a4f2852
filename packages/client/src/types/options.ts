import type { Agent } from 'node:http';
import type { FlagSet } from './flags.js';
import type { Duration } from './json.js';
import type { ExposureOptions } from './exposures.js';
import type { SnapshotDocument } from './document.js';

/** A token's text, a file that holds it, or what gives it: read anew when the server refuses it. */
export type Token = string | { readonly file: string } | (() => string | Promise<string>);

/** `stream`: changes arrive at once. `poll`. `manual`: only `fresh()` asks. `offline`: no network. */
export type Mode = 'stream' | 'poll' | 'manual' | 'offline';

export interface Logger {
  warn(message: string): void;
  error(message: string): void;
}

export interface ClientOptions<F extends FlagSet> {
  /** The definitions of the application: what `get` reads, and the fallbacks of all calls. */
  readonly flags?: F;
  /** Where the server is. Default `FLAGTREE_URL`. */
  readonly url?: string;
  /** Default `FLAGTREE_TOKEN`, or the content of the file that `FLAGTREE_TOKEN_FILE` names. */
  readonly token?: Token;
  /** The slug or an alias. Default `FLAGTREE_ENVIRONMENT`, else what the server resolves for the token. */
  readonly environment?: string;
  /** Default `stream`. */
  readonly mode?: Mode;
  /** How often to ask while there is no stream. Default 30 s, at least 1 s. */
  readonly pollInterval?: Duration;
  /** Until the head of an answer is there. Default 5 s. */
  readonly headTimeout?: Duration;
  /** Until an answer is there as a whole. Default 30 s. */
  readonly requestTimeout?: Duration;
  /** A directory for what is known, for starts without a server. Default `FLAGTREE_CACHE_DIR`, else none: rules are written to disk. */
  readonly cache?: string | false;
  /** What to begin with: a document, or the path or `file:` URL of one. */
  readonly bootstrap?: string | URL | SnapshotDocument;
  /** The largest document that is taken. Default 32 MB. */
  readonly maxBytes?: number;
  /** How long a document that loses more than half of 20 or more flags has to stand before it is taken. Default 60 s; 0: not at all. */
  readonly shrinkGuard?: Duration;
  /** Default true: `FF_*` variables and `.env.local` are looked at, unless `FLAGTREE_OVERRIDES=off`. */
  readonly overrides?: boolean;
  readonly exposures?: ExposureOptions;
  /** Default `console`; `false`: none. */
  readonly logger?: Logger | false;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** From 0 to 1. Default `Math.random`. */
  readonly random?: () => number;
  /** For proxies and client certificates. */
  readonly agent?: Agent;
}
