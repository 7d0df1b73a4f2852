import { describe, expect, it } from '@jest/globals';
import { Admission, shed } from './admission.js';

const LIMITS = { limit: 100, limitPerToken: 10, rate: 5 };
const NOBODY = { all: 0, ofToken: 0 };

describe('admission', () => {
  it.each([
    ['one more than the server may have', { all: 100, ofToken: 0 }, 'limit'],
    ['one more than a token may have', { all: 50, ofToken: 10 }, 'token-limit'],
    ['the last that both may have', { all: 99, ofToken: 9 }, null],
  ])('decides about %s', (_what, open, refusal) => {
    expect(new Admission(LIMITS).refusal(open, 0)).toBe(refusal);
  });

  it('lets a storm in at the steady rate, and no faster', () => {
    const admission = new Admission(LIMITS);
    const admitted = (from: number, to: number) => {
      let count = 0;
      for (let now = from; now < to; now += 10) if (admission.refusal(NOBODY, now) === null) count++;
      return count;
    };
    expect(admitted(1_000, 2_000)).toBe(5 + 4);
    expect(admitted(2_000, 4_000)).toBe(10);
    expect(admitted(60_000, 60_010)).toBe(1);
  });

  it('does not charge the rate for those who are refused for the number', () => {
    const admission = new Admission(LIMITS);
    for (let count = 0; count < 50; count++) admission.refusal({ all: 100, ofToken: 0 }, 1_000);
    expect(admission.refusal(NOBODY, 1_000)).toBeNull();
  });

  it('is not confused by a clock that goes back', () => {
    const admission = new Admission(LIMITS);
    for (let count = 0; count < 5; count++) admission.refusal(NOBODY, 10_000);
    expect(admission.refusal(NOBODY, 5_000)).toBe('rate');
    expect(admission.refusal(NOBODY, 5_200)).toBeNull();
  });
});

describe('who is refused', () => {
  it.each([
    ['rate', 1, 5],
    ['limit', 1, 30],
  ] as const)('for the %s is asked to come back after %d to %d seconds, at random', (cause, from, to) => {
    expect([shed(cause, 0), shed(cause, 0.999)].map(({ retryAfterSeconds }) => retryAfterSeconds)).toEqual([from, to]);
    expect(shed(cause, 0)).toMatchObject({ kind: 'unavailable', code: `stream-${cause}` });
  });
});
