import type { Command } from '../command.js';
import type { Options } from '../parameters.js';
import { OUTPUT_OPTIONS, SERVER_OPTIONS } from './shared-options.js';

/** Its own options, and those that every command has. */
export function optionsOf({ options, asks }: Command): Options {
  return { ...options, ...(asks === 'nothing' ? {} : SERVER_OPTIONS), ...OUTPUT_OPTIONS };
}
