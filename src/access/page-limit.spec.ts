import { describe, expect, it } from '@jest/globals';
import { PageLimit } from './page-limit.js';

const asked = (limit: PageLimit, reader: string, times: number, now: number) =>
  Array.from({ length: times }, () => limit.take(reader, now)).filter((wait) => wait === 0).length;

describe('what pages may ask', () => {
  it('is a burst, then the rate, for each reader on its own', () => {
    const limit = new PageLimit({ browserRate: 2 });
    expect(asked(limit, 'one', 10, 0)).toBe(6);
    expect(limit.take('one', 0)).toBe(500);
    expect(asked(limit, 'other', 10, 0)).toBe(6);
    expect(asked(limit, 'one', 10, 1_000)).toBe(2);
    expect(asked(limit, 'one', 10, 3_600_000)).toBe(6);
  });

  it('forgets those who asked longest ago, so that it stays small', () => {
    const limit = new PageLimit({ browserRate: 1 });
    asked(limit, 'first', 3, 0);
    for (let reader = 0; reader < 20_000; reader++) limit.take(String(reader), 0);
    expect(asked(limit, 'first', 10, 0)).toBe(3);
  });
});
