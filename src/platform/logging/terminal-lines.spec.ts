import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { forTerminal } from './terminal-lines.js';

function lines(log: (logger: ReturnType<typeof createLogger>) => void): string {
  let written = '';
  log(createLogger('info', { write: (json) => void (written += forTerminal(json)) }));
  return written;
}

describe('the log at a terminal', () => {
  it('is a line with the hour, the level, the message and its members', () => {
    expect(
      lines((logger) => {
        logger.warn({ port: 5432, adopted: false }, 'PostgreSQL is ready');
      }),
    ).toMatch(
      // prettier-ignore
      /^\d\d:\d\d:\d\d WARN {2}PostgreSQL is ready port=5432 adopted=false\n$/,
    );
  });

  it('puts the stack of an error below it, indented', () => {
    const [first, second, third] = lines((logger) => { logger.error({ err: new Error('no way') }, 'it failed'); }).split('\n'); // prettier-ignore
    expect(first).toMatch(/ERROR it failed$/);
    expect(second).toBe('  Error: no way');
    expect(third).toMatch(/^ {6}at /);
  });

  it('hides what the JSON hides', () => {
    expect(lines((logger) => { logger.info({ headers: { authorization: 'Bearer x' } }, 'asked'); })).toContain('[redacted]'); // prettier-ignore
  });

  it('passes on what is no JSON', () => {
    expect(forTerminal('free text\n')).toBe('free text\n');
  });
});
