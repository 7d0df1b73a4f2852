import { EXIT, type ExitCode } from './exit-codes.js';

/** Ends a command with a message for the person who typed it: what, why, what next. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What was typed, or how the command is set up, is wrong. */
export class UsageError extends CommandError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, EXIT.usage, options);
  }
}
