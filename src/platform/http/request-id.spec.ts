import { describe, expect, it } from '@jest/globals';
import { requestIdOf } from './request-id.js';

const idOf = (given?: string | string[]) => requestIdOf({ headers: { 'x-request-id': given } });

describe('the id of a request', () => {
  it.each(['a', 'my-id.1', 'trace:7_x', 'x'.repeat(128)])("is the caller's own: %s", (given) => {
    expect(idOf(given)).toBe(given);
  });

  it.each([[undefined], [''], ['a b'], ['ü'], ['a\nb'], ['x'.repeat(129)], [['a', 'b']]])('is a new one for %j', (given) => {
    const ids = Array.from({ length: 100 }, () => idOf(given));
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(idOf(id)).toBe(id);
  });
});
