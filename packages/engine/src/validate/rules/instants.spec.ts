import { describe, expect, it } from '@jest/globals';
import { validateInstant } from './instants.js';

describe('an instant', () => {
  it.each([
    '2026-12-01T00:00:00Z',
    '2026-12-01t00:00:00.123456z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2026-12-01T00:00:00-15:59',
    null,
  ])('%s can be stored and told', (instant) => {
    expect(validateInstant(instant)).toEqual([]);
  });

  it.each([
    '2026',
    '2026-12-01',
    '2026-W10',
    '2026-13-01T00:00:00Z',
    '0000-12-01T00:00:00Z',
    '2026-12-01T00:00:00',
    '2026-12-01T00:00:00+16:00',
    '2026-12-01T00:00:00+23:00',
    'infinity',
    '',
    5,
  ])('%s cannot', (instant) => {
    expect(validateInstant(instant)).toMatchObject([{ code: 'invalid-instant' }]);
  });
});
