import { describe, expect, it } from '@jest/globals';
import { QueryFailedError, QueryRunnerAlreadyReleasedError, TransactionNotStartedError } from 'typeorm';
import { isDatabaseAway, isRetryable, StandbyError } from '../../database/database-error.js';
import { OutcomeUnknown } from '../../database/outcome/known-transaction.js';
import { databaseProblem } from './database-problem.js';

const told = (code: string, message = 'said the database', more: object = {}) =>
  new QueryFailedError('SELECT 1', [], Object.assign(new Error(message), { code, ...more }));

describe('an error of the database', () => {
  it.each([
    ['a cycle', told('FT001'), 'conflict', 'environment-cycle'],
    ['a tree that is too deep', told('FT002'), 'conflict', 'environment-too-deep'],
    ['a key that is taken', told('23505'), 'conflict', 'already-exists'],
    ['a row that others refer to', told('23503'), 'conflict', 'still-referenced'],
    ['the same, as newer versions say it', told('23001'), 'conflict', 'still-referenced'],
    ['a broken check', told('23514'), 'unprocessable', 'refused-by-database'],
    ['text that cannot be stored', told('22P05'), 'invalid', 'unstorable-text'],
    ['a lock that is not given', told('55P03'), 'unavailable', 'database-busy'],
    ['a statement that takes too long', told('57014'), 'unavailable', 'database-busy'],
    ['a shutdown', told('57P01'), 'unavailable', 'database-away'],
    ['a full disk', told('53100'), 'unavailable', 'database-refuses-writes'],
    ['a primary that is none any more', told('25006'), 'unavailable', 'database-refuses-writes'],
    ['a privilege that was taken away', told('42501'), 'unavailable', 'database-refuses-writes'],
    ['a disk that fails', told('58030'), 'unavailable', 'database-refuses-writes'],
    ['no connection left there', told('53300'), 'unavailable', 'database-busy'],
    ['no connection left here', new Error('timeout exceeded when trying to connect'), 'unavailable', 'database-busy'],
    ['a standby', new StandbyError(), 'unavailable', 'database-away'],
    ['a COMMIT of which nobody knows', new OutcomeUnknown({}), 'unavailable', 'outcome-unknown'],
    ['a database that was dropped', told('3D000'), 'unavailable', 'database-unusable'],
    [
      'one that is only being restored',
      told('42P01', 'relation "flagtree.flags" does not exist'),
      'unavailable',
      'database-unusable',
    ],
    ['one without our schema', told('3F000'), 'unavailable', 'database-unusable'],
    [
      'one that lets nobody in',
      told('55000', 'database "x" is not currently accepting connections'),
      'unavailable',
      'database-unusable',
    ],
    ['a password that was changed', told('28P01'), 'unavailable', 'database-unusable'],
    ['nobody there', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'unavailable', 'database-away'],
    ['a connection that was lost in a transaction', new QueryRunnerAlreadyReleasedError(), 'unavailable', 'database-away'],
    ['a transaction that is gone', new TransactionNotStartedError(), 'unavailable', 'database-away'],
    ['no answer', new Error('Query read timeout'), 'unavailable', 'database-away'],
  ])('is told to the caller as what it is for him: %s', (_what, error, kind, code) => {
    expect(databaseProblem(error)).toMatchObject({ kind, code });
    expect(isDatabaseAway(error)).toBe(code === 'database-away');
  });

  it.each([
    [told('57P03'), 'is starting or stopping'],
    [told('53300'), 'has no room left (disk, memory or connections)'],
    [told('25006'), 'takes no writes: it is a standby, or no primary any more'],
    [told('3D000'), 'was dropped, is being restored, or turns this server away'],
    [new Error('Driver not Connected'), 'is not connected (/health/ready says why)'],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'cannot be reached'],
    [new StandbyError(), 'is a standby'],
    [
      new Error('timeout exceeded when trying to connect'),
      'has no connection free: those of this server are all at work (FLAGTREE_DATABASE_POOL_SIZE)',
    ],
  ])('says that the database cannot be reached only where it gives no answer: %s', (error, why) => {
    const detail = `The database ${why}. Nothing was changed, and evaluation goes on: try again soon.`;
    expect(databaseProblem(error)?.message).toBe(detail);
  });

  it('is tried again where the database asks for it', () => {
    expect([told('40001'), told('40P01'), told('23505')].map(isRetryable)).toEqual([true, true, false]);
  });

  it('is a bug of ours when it is none of these', () => {
    for (const error of [new Error('oops'), told('42601'), told('42P01', 'missing FROM-clause entry'), 'text', null])
      expect(databaseProblem(error)).toBeNull();
  });
});
