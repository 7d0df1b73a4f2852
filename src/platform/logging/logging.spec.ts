import { Logger as NestFacade } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { createLogger } from './logger.js';
import { NestLogger } from './nest-logger.js';

describe('createLogger', () => {
  it('writes one JSON object a line', () => {
    const { logger, lines } = recorded();
    logger.info({ port: 3000 }, 'listening');
    expect(lines()).toEqual([{ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), port: 3000, msg: 'listening' }]);
  });

  it('is silent below its level', () => {
    const { logger, lines } = recorded('warn');
    logger.info('listening');
    expect(lines()).toEqual([]);
  });

  it('blackens credentials, in whatever a request is wrapped', () => {
    const { logger, text } = recorded();
    const headers = { authorization: 'Bearer hunter2', 'x-api-key': 'hunter2', cookie: 'hunter2', accept: '*/*' };
    logger.info(headers, 'a');
    logger.info({ headers }, 'b');
    logger.info({ req: { headers } }, 'c');
    logger.info({ database: { password: 'hunter2' } }, 'd');
    expect(text()).not.toContain('hunter2');
    expect(text().match(/\[redacted\]/g)).toHaveLength(10);
    expect(text()).toContain('*/*');
  });

  it('tells of a failed statement, but not of the values in it', () => {
    const { logger, lines, text } = recorded();
    const driver = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(ada@example.org) exists' });
    const error = new QueryFailedError('INSERT INTO t VALUES ($1)', ['ada@example.org'], driver);
    logger.error({ err: new Error('cannot save', { cause: error }) }, 'failed');
    expect(text()).not.toContain('ada@example.org');
    expect(lines()[0]).toMatchObject({
      err: {
        type: 'Error',
        message: 'cannot save',
        cause: { type: 'QueryFailedError', message: 'duplicate key', code: '23505' },
      },
    });
  });
});

describe('NestLogger', () => {
  it('keeps the context that Nest names', () => {
    const { logger, lines } = recorded();
    const nest = new NestFacade('ChangeFeed');
    NestFacade.overrideLogger(new NestLogger(logger));
    nest.warn('connection lost');
    nest.error('gave up', new Error('refused'));
    nest.error(new Error('refused'));
    NestFacade.overrideLogger(false);
    expect(lines()).toEqual([
      expect.objectContaining({ level: 'warn', context: 'ChangeFeed', msg: 'connection lost' }),
      expect.objectContaining({
        level: 'error',
        context: 'ChangeFeed',
        msg: 'gave up',
        err: expect.objectContaining({ message: 'refused' }),
      }),
      expect.objectContaining({
        level: 'error',
        context: 'ChangeFeed',
        msg: 'refused',
        err: expect.objectContaining({ type: 'Error' }),
      }),
    ]);
  });

  it('tells of each route only when asked for details', () => {
    const { logger, lines } = recorded();
    new NestLogger(logger).log('Mapped {/health/live, GET} route', 'RouterExplorer');
    expect(lines()).toEqual([]);
  });
});

function recorded(level: 'info' | 'warn' = 'info') {
  let written = '';
  const logger = createLogger(level, { write: (line: string) => (written += line) });
  return {
    logger,
    text: () => written,
    lines: () =>
      written
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
