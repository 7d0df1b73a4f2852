import { describe, expect, it } from '@jest/globals';
import { namesIn, pathFrom, queryFrom } from './path.js';

const TEMPLATE = '/api/admin/environments/{slug}/feature-flags/{key}';

describe('a path', () => {
  it('has its arguments in their order, each as one segment', () => {
    expect(namesIn(TEMPLATE)).toEqual(['slug', 'key']);
    expect(pathFrom(TEMPLATE, ['staging', 'ui/dark mode?'])).toBe(
      '/api/admin/environments/staging/feature-flags/ui%2Fdark%20mode%3F',
    );
  });

  it.each(['', '.', '..', undefined, null, 7, {}])('is not made with %p, which would lead elsewhere', (value) => {
    expect(() => pathFrom(TEMPLATE, ['staging', value])).toThrow(/^"key" of .* must be a name, and is /);
  });
});

describe('a query', () => {
  it('has switches and lists as text, and leaves out what is absent', () => {
    expect(queryFrom({ dryRun: true, envs: ['a', 'b'], limit: 5, at: undefined, tag: null })).toBe(
      '?dryRun=true&envs=a%2Cb&limit=5',
    );
    expect(queryFrom({ at: undefined })).toBe('');
  });
});
