import { createClientIn } from './client.js';
import { systemClock } from '../clock.js';
import type { FlagtreeClient } from '../types/client.js';
import type { AnyFlags, FlagSet } from '../types/flags.js';
import type { ClientOptions } from '../types/options.js';

/**
 * A client of a Flagtree server, which holds the flags of one environment and evaluates them here.
 * @throws {ConfigurationError} when it cannot work with what it was given
 */
export function createClient<F extends FlagSet = AnyFlags>(options: ClientOptions<F> = {}): FlagtreeClient<F> {
  const { now, random } = options;
  const clock = systemClock({ ...(now && { now }), ...(random && { random }) });
  return createClientIn({ variables: process.env, directory: process.cwd(), clock }, options);
}
