import type { Command } from '../command.js';
import { AUDIT_COMMANDS } from './audit.js';
import { DIRECTORY_COMMANDS } from './directory.js';
import { ENVIRONMENT_COMMANDS } from './environments.js';
import { EVALUATION_COMMANDS } from './evaluation.js';
import { FLAG_COMMANDS } from './flags.js';
import { HELP_COMMANDS } from './help.js';
import { PROMOTION_COMMANDS } from './promotions.js';
import { SETUP_COMMANDS } from './setup.js';
import { TOKEN_COMMANDS } from './tokens.js';
import { TRANSFER_COMMANDS } from './transfer.js';

/** All of them, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  ...ENVIRONMENT_COMMANDS,
  ...FLAG_COMMANDS,
  ...EVALUATION_COMMANDS,
  ...PROMOTION_COMMANDS,
  ...DIRECTORY_COMMANDS,
  ...AUDIT_COMMANDS,
  ...TRANSFER_COMMANDS,
  ...TOKEN_COMMANDS,
  ...SETUP_COMMANDS,
  ...HELP_COMMANDS,
];
