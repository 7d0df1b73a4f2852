import type { Layers } from '../overrides/layers.js';
import type { FlagSet } from '../types/flags.js';
import type { Context, Json } from '../types/json.js';
import type { Answer } from './answer.js';
import type { Counters } from './counters.js';

/** What surrounds a call: the context of `run`, the values of `withFlags`. */
export interface Scope {
  readonly context?: Context | undefined;
  readonly values?: ReadonlyMap<string, Json> | undefined;
}

export interface Ambient {
  /** False until somebody uses it: then nothing has to be looked up. */
  readonly used: boolean;
  current(): Scope | undefined;
}

/** Who wants to know which flags were asked for. */
export interface Witness {
  /** Whether anybody listens. */
  readonly active: boolean;
  see(key: string, answer: Answer, context: Context, origin: Origin): void;
}

/** From where an answer comes. */
export interface Origin {
  readonly environment: string | null;
  readonly revision: number | null;
}

/** What all readers of a client share. */
export interface ReadingKit {
  readonly definitions: FlagSet;
  readonly ambient: Ambient;
  readonly layers: Layers;
  readonly counters: Counters;
  readonly witness: Witness;
  /** Milliseconds since 1970, for rules that ask for the time. */
  readonly now: () => number;
  readonly defective: (key: string, defect: string) => void;
  readonly misfit: (message: string) => void;
  /** Of strict tests: called with each key that is asked for, and whether it is known anywhere. */
  readonly asked?: ((key: string, known: boolean) => void) | undefined;
}
