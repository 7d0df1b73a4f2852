import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Contexts of Nest's that tell of each route and module at every start. */
const CHATTY = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/** Nest's log lines as our own. An object as the message holds fields of the line; the text is then the next argument. Nest passes `(message, ...more, context)`, and for errors `(message, stack?, context)`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...more: unknown[]): void {
    this.write(CHATTY.has(String(more.at(-1))) ? 'debug' : 'info', message, more);
  }

  error(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more);
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.write('warn', message, more);
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.write('debug', message, more);
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.write('trace', message, more);
  }

  fatal(message: unknown, ...more: unknown[]): void {
    this.write('fatal', message, more);
  }

  private write(level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: unknown, more: unknown[]): void {
    const context = more.length > 0 ? String(more.at(-1)) : undefined;
    if (isFields(message)) {
      const [text = ''] = more.slice(0, -1);
      this.logger[level]({ context, ...message }, String(text));
      return;
    }
    const err = [message, ...more].find((part) => part instanceof Error);
    const stack = level === 'error' ? more.slice(0, -1).find((part) => typeof part === 'string') : undefined;
    const text = message instanceof Error ? message.message : typeof message === 'string' ? message : JSON.stringify(message);
    this.logger[level]({ context, err, ...(err === undefined && stack !== undefined && { stack }) }, text);
  }
}

function isFields(message: unknown): message is object {
  return typeof message === 'object' && message !== null && !(message instanceof Error);
}
