import type { Command } from '../command.js';
import { DIRECTORY_COMMANDS } from './directory.js';
import { ENVIRONMENT_COMMANDS } from './environments.js';
import { FLAG_COMMANDS } from './flags.js';

/** All of them, in the order of the help. */
export const COMMANDS: readonly Command[] = [...ENVIRONMENT_COMMANDS, ...FLAG_COMMANDS, ...DIRECTORY_COMMANDS];
