import { describe, expect, it } from '@jest/globals';
import { environment, flag, state as stateOf } from '../testing/builders.js';
import { matcherOf, selectFlags, selectionDefects } from './select-flags.js';

describe('a pattern', () => {
  it.each([
    ['ui.*', 'ui.dark_mode', true],
    ['ui.*', 'ui.', true],
    ['ui.*', 'gui.dark', false],
    ['*-flow', 'new-checkout-flow', true],
    ['*-flow', '-flows', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'acb', false],
    ['a*bc*c', 'abc', false],
    ['aa*aa', 'aaa', false],
    ['*', 'anything', true],
    ['**', 'anything', true],
    ['ui.dark', 'ui.dark', true],
    ['ui.dark', 'uixdark', false],
  ])('%s of %s: %s', (pattern, key, expected) => {
    expect(matcherOf([pattern])(key)).toBe(expected);
  });

  it('is answered, whatever it is, where trying all ways would not end', () => {
    expect(matcherOf([`${'a*'.repeat(100)}b`])('a'.repeat(255))).toBe(false);
  });
});

describe('a selection', () => {
  const state = stateOf({
    environments: [environment('production')],
    flags: [
      flag('ui.dark', { tags: ['ui'] }),
      flag('ui.old', { tags: ['ui'], archivedAt: '2026-01-01T00:00:00Z' }),
      flag('api.v2', { tags: ['api', 'beta'] }),
    ],
  });
  const keys = (selection: Parameters<typeof selectFlags>[1]) => selectFlags(state, selection).map(({ key }) => key);

  it('holds flags in use alone, by key, narrowed by keys and by tags', () => {
    expect(keys({})).toEqual(['api.v2', 'ui.dark']);
    expect(keys({ flags: ['ui.*'] })).toEqual(['ui.dark']);
    expect(keys({ tags: ['beta', 'ui'] })).toEqual(['api.v2', 'ui.dark']);
    expect(keys({ flags: ['ui.*'], tags: ['beta'] })).toEqual([]);
    expect(keys({ flags: [] })).toEqual([]);
  });

  it('tells which of its keys name nothing, and lets patterns match nothing', () => {
    expect(selectionDefects(state, { flags: ['ui.dark', 'ui.old', 'nope', 'none.*'] })).toMatchObject([
      { pointer: '/flags/1', code: 'flag-archived' },
      { pointer: '/flags/2', code: 'flag-not-found' },
    ]);
  });
});
