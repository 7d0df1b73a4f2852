import { describe, expect, it } from '@jest/globals';
import { FlagtreeProblem, FlagtreeUnreachable } from '../errors.js';
import { OPERATIONS } from '../generated/operations.gen.js';
import { retryDelay, TRIES } from './retry.js';

const READ = OPERATIONS['flags.get'];
const KEYED = OPERATIONS['flags.create'];
const EDIT = OPERATIONS['flags.update'];

const refused = (status: number, code = 'any') => new FlagtreeProblem({ status, document: { code }, requestId: null });
const lost = new FlagtreeUnreachable('lost', 'unreachable', true);

const delay = (
  error: Error,
  operation: typeof READ | typeof KEYED | typeof EDIT,
  retryAfter: string | null = null,
  attempt = 1,
) => retryDelay({ error, retryAfter }, attempt, operation, 0, 0);

describe('a call that failed', () => {
  it.each([
    ['an answer that was lost', lost, [true, true, false]],
    ['429', refused(429), [true, true, true]],
    ['503', refused(503, 'database-busy'), [true, true, true]],
    ['503 of which nobody knows the outcome', refused(503, 'outcome-unknown'), [true, true, false]],
    ['502', refused(502), [true, true, false]],
    ['500', refused(500), [false, false, false]],
    ['412', refused(412), [false, false, false]],
    ['a page of a proxy that fails', new FlagtreeUnreachable('', 'not-flagtree', true, 502), [true, true, false]],
    ['another page', new FlagtreeUnreachable('', 'not-flagtree', true, 200), [false, false, false]],
    ['an error of ours', new TypeError('bug'), [false, false, false]],
  ])('by %s is made again by reads, by POSTs with a key, by edits: %p', (_, error, expected) => {
    expect([READ, KEYED, EDIT].map((operation) => delay(error, operation) !== null)).toEqual(expected);
  });

  it('waits twice as long each time, less up to a half, and gives up after three more', () => {
    const delays = Array.from({ length: TRIES }, (_, index) => delay(lost, READ, null, index + 1));
    expect(delays).toEqual([250, 500, 1000, null]);
    expect(retryDelay({ error: lost, retryAfter: null }, 1, READ, 1, 0)).toBe(125);
  });

  it('waits as long as the server says, in seconds or by a date, but not for more than 30 seconds', () => {
    expect(delay(refused(503), READ, '2')).toBe(2000);
    expect(delay(refused(503), READ, 'Thu, 01 Jan 1970 00:00:07 GMT')).toBe(7000);
    expect(delay(refused(429), READ, '31')).toBeNull();
    expect(delay(refused(429), READ, 'soon')).toBe(250);
  });
});
