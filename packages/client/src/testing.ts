import { createClientIn } from './client/client.js';
import { systemClock } from './clock.js';
import { within } from './reading/scope.js';
import type { FlagtreeClient } from './types/client.js';
import type { SnapshotDocument } from './types/document.js';
import type { AnyFlags, FlagSet, ValueOf } from './types/flags.js';
import type { Json } from './types/json.js';

/** What flags are, by key. */
export type FlagValues<F extends FlagSet> = { readonly [K in keyof F]?: ValueOf<F[K]> };

export interface TestOptions<F extends FlagSet> {
  readonly flags?: F;
  /** What flags are, whatever a snapshot says. */
  readonly values?: FlagValues<F>;
  /** Real rules: a document, or the path of one. */
  readonly snapshot?: string | URL | SnapshotDocument;
  /** Default true: a key that is nowhere, neither in `flags` nor in `values` nor in the snapshot, throws. */
  readonly strict?: boolean;
  /** Milliseconds since 1970, for rules that ask for the time. */
  readonly now?: () => number;
}

export interface TestClient<F extends FlagSet> extends FlagtreeClient<F> {
  /** The keys that were asked for so far, each once, in the order of their first time. */
  asked(): string[];
}

/** A client for tests: no network, no timers, nothing of the environment of the process. */
export function createTestClient<F extends FlagSet = AnyFlags>(options: TestOptions<F> = {}): TestClient<F> {
  const { flags, values = {}, snapshot, strict = true, now } = options;
  const keys = new Set<string>();
  const asked = (key: string, known: boolean): void => {
    keys.add(key);
    if (strict && !known)
      throw new Error(`The flag "${key}" is nowhere: not in flags, values or the snapshot of this test client`);
  };
  const client = createClientIn<F>(
    { variables: {}, directory: '', clock: systemClock(now ? { now } : {}), asked },
    { mode: 'offline', overrides: false, ...(flags && { flags }), ...(snapshot !== undefined && { bootstrap: snapshot }) },
  );
  for (const [key, value] of Object.entries(values)) client.override(key, value as Json);
  return Object.assign(client, { asked: () => [...keys] });
}

/**
 * Within `body`, and all that it awaits, the flags are as `values` says: for every client of the process, and for nobody else. Inner values
 * come before outer ones.
 */
export function withFlags<T, F extends FlagSet = AnyFlags>(values: FlagValues<F>, body: () => T): T {
  return within({ values: new Map(Object.entries(values) as [string, Json][]) }, body);
}

/** Every value that the code can deal with: of a boolean both, of a text those of `oneOf`. @throws for a flag that can be anything */
export function variantsOf<F extends FlagSet, K extends keyof F & string>(flags: F, key: K): ValueOf<F[K]>[] {
  const definition = flags[key];
  if (definition?.type === 'boolean') return [true, false] as ValueOf<F[K]>[];
  if (definition?.oneOf) return [...definition.oneOf] as ValueOf<F[K]>[];
  throw new Error(`The flag "${key}" can be anything: give it oneOf, or name the values in the test`);
}
