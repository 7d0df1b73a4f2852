import { destination, pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { LogLevel } from '../config/config.js';
import { describeError } from './describe-error.js';
import { terminal } from './terminal-lines.js';

export type { Logger } from 'pino';

/** Header names at the depths at which requests and errors carry them. */
const SECRETS = ['authorization', '["x-api-key"]', 'cookie', 'password'];

/**
 * JSON lines on stdout, or lines for people where that is a terminal, written before the call returns: the last words of a dying process are the ones that matter.
 * Values of evaluation contexts are personal data: never pass one in.
 */
export function createLogger(
  level: LogLevel,
  stream: DestinationStream = process.stdout.isTTY ? terminal : destination({ fd: 1, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError },
      redact: { paths: SECRETS.flatMap(atEveryDepth), censor: '[redacted]' },
    },
    stream,
  );
}

function atEveryDepth(name: string): string[] {
  const dotted = name.startsWith('[') ? name : `.${name}`;
  return [name, `*${dotted}`, `*.headers${dotted}`, `headers${dotted}`];
}
