import { describe, expect, it } from '@jest/globals';
import { whyNotOneList } from './one-list-of-rules.js';
import { serveOn } from '../../testing/answers.js';
import { MAX_RULES } from './validate-rules.js';

const rules = (length: number) => Array.from({ length }, (_, index) => serveOn(`r${index}`));

describe('rules put together', () => {
  it('can be one list up to the most that an override has', () => {
    expect(whyNotOneList([])).toBeNull();
    expect(whyNotOneList(rules(MAX_RULES))).toBeNull();
    expect(whyNotOneList(rules(MAX_RULES + 1))).toBe(
      `there would be ${MAX_RULES + 1} of them, and an override has at most ${MAX_RULES}`,
    );
  });

  it('cannot when an id is there twice', () => {
    expect(whyNotOneList([serveOn('a'), serveOn('b'), serveOn('a')])).toBe(
      'there would be two rules of the same id, "a", and an override holds each id once: give one of them another id',
    );
  });
});
