import type { Reason } from './reader.js';

/** Plain numbers, counted since the client was made unless told otherwise. */
export interface Stats {
  readonly evaluations: Readonly<Record<Reason, number>>;
  /** Fallbacks that were served, by cause: an error code, or `NO_VALUE` (the flag has none for this context). */
  readonly fallbacks: Readonly<Record<string, number>>;
  /** The first 100 keys that were asked for and exist nowhere. */
  readonly unknownKeys: readonly string[];
  readonly exposures: {
    readonly queued: number;
    readonly sent: number;
    readonly dropped: number;
    readonly deduplicated: number;
  };
  /** Requests for the document, by status; `error`: none came. */
  readonly fetches: Readonly<Record<string, number>>;
  readonly streams: { readonly opened: number; readonly events: number; readonly ignoredEvents: number };
  readonly bytesReceived: number;
  /** How often other data came into force, and how long the last time kept the event loop busy. */
  readonly installs: number;
  readonly lastInstallMs: number;
  readonly flags: number;
  /** Flags that could not be compiled, of those that were asked for. */
  readonly defects: number;
  readonly ageSeconds: number | null;
  readonly revision: number | null;
  readonly listenerErrors: number;
}
