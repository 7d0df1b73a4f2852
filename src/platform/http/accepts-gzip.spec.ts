import { describe, expect, it } from '@jest/globals';
import { acceptsGzip } from './accepts-gzip.js';

describe('an Accept-Encoding', () => {
  it.each([
    ['gzip', true],
    ['gzip, deflate, br', true],
    ['br;q=1, GZIP;q=0.1', true],
    ['x-gzip', true],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0, *', false],
    ['gzip;q=0.000', false],
    ['gzip;q=much', false],
    ['identity', false],
    ['', false],
    [undefined, false],
  ])('of %j lets gzip through: %s', (header, accepted) => {
    expect(acceptsGzip({ headers: header === undefined ? {} : { 'accept-encoding': header } })).toBe(accepted);
  });
});
