import type { Clock } from '../clock.js';
import { millisecondsOf } from '../duration.js';
import { Events } from './events.js';
import { Exposures } from '../exposures/exposures.js';
import { Queue } from '../exposures/queue.js';
import { dotenvLocal, readsDotenvLocal } from '../overrides/dotenv-local.js';
import { Layers } from '../overrides/layers.js';
import { Problems } from './problems.js';
import { Counters } from '../reading/counters.js';
import type { ReadingKit } from '../reading/reading-kit.js';
import { ambient } from '../reading/scope.js';
import type { Settings } from '../settings/settings.js';
import { Store } from '../snapshot/store.js';
import { type Tallies, newTallies } from '../sources/tallies.js';
import type { Connection } from '../transport/server.js';
import type { FlagSet } from '../types/flags.js';
import type { ClientOptions } from '../types/options.js';

/** From where a client has what it was not told. */
export interface Process {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly clock: Clock;
  /** The way to a server. Default: the one that the settings name. */
  readonly connect?: (settings: Settings, clock: Clock) => Connection;
  /** Of tests: told each key that is asked for, and whether it is known anywhere. */
  readonly asked?: (key: string, known: boolean) => void;
}

/** What a client is made of, but for the way to its server. */
export interface Parts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly events: Events;
  readonly problems: Problems;
  readonly layers: Layers;
  readonly counters: Counters;
  readonly queue: Queue;
  readonly exposures: Exposures;
  readonly kit: ReadingKit;
  /** Whether this is a process that users meet. */
  readonly production: boolean;
  readonly store: Store;
  readonly tallies: Tallies;
  listenerErrors: number;
}

const FLUSH_MS = 10_000;

export function partsOf(around: Process, options: ClientOptions<FlagSet>, settings: Settings): Parts {
  const { clock } = around;
  const events: Events = new Events((event, error) => {
    parts.listenerErrors++;
    // one that listens to problems must not be told of itself for ever
    const told = `A listener to "${event}" has thrown: ${String(error)}`;
    if (event === 'problem') problems.log('error', told);
    else problems.report('listener', told, { level: 'error' });
  });
  const problems = new Problems(clock, settings.logger, (problem) => { events.emit('problem', problem); }); // prettier-ignore
  const layers = layersOf(around, settings);
  const counters = new Counters();
  const { send, all = false, every = false, attributes = [], flushInterval } = options.exposures ?? {};
  const queue = new Queue({
    clock,
    flushMs: millisecondsOf(flushInterval) ?? FLUSH_MS,
    timed: settings.mode !== 'manual',
    send,
    listeners: (batch) => { events.emit('exposure', batch); }, // prettier-ignore
    failed: (message) => { problems.report('exposures', message); }, // prettier-ignore
  });
  const wanted = (): boolean => send !== undefined || events.hears('exposure');
  const exposures = new Exposures({ queue, clock, wanted, all, every, attributes });
  const kit: ReadingKit = {
    definitions: options.flags ?? {},
    ambient,
    layers,
    counters,
    witness: exposures,
    now: () => clock.wall(),
    defective: (key, defect) => {
      counters.defects++;
      problems.report('flag-defect', `Flag "${key}" cannot be used as the server has it: ${defect}`);
    },
    misfit: (message) => { problems.report('override', message); }, // prettier-ignore
    asked: around.asked,
  };
  const store = new Store({
    environment: settings.environment,
    shrinkGuardMs: settings.shrinkGuardMs,
    kit,
    clock,
    changed: (change) => { events.emit('change', change); }, // prettier-ignore
  });
  const tallies = newTallies();
  const parts: Parts = {
    production: around.variables['NODE_ENV'] === 'production',
    ...{ settings, clock, events, problems, layers, counters, queue, exposures, kit, store, tallies },
    listenerErrors: 0,
  };
  return parts;
}

function layersOf({ variables, directory }: Process, { overrides }: Settings): Layers {
  if (!overrides) return new Layers();
  return new Layers({
    process: variables,
    file: readsDotenvLocal(variables['NODE_ENV']) ? dotenvLocal(directory) : {},
  });
}
