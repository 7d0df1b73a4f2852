import { describe, expect, it } from '@jest/globals';
import { distance, remarksOn, variableOf } from './names.js';

describe('the variable of a flag [001-17]', () => {
  it.each([
    ['experiment.voice_v2', 'FF_EXPERIMENT_VOICE_V2'],
    ['ui.new_feature', 'FF_UI_NEW_FEATURE'],
    ['new-checkout-flow', 'FF_NEW_CHECKOUT_FLOW'],
    ['Search2.page', 'FF_SEARCH2_PAGE'],
  ])('%s is %s', (key, variable) => {
    expect(variableOf(key)).toBe(variable);
  });
});

describe('remarks on variables', () => {
  it('name all flags that one variable overrides', () => {
    expect(remarksOn(['FF_UI_DARK_MODE'], ['ui.dark_mode', 'ui-dark-mode', 'other'])).toEqual([
      'FF_UI_DARK_MODE overrides 2 flags, whose keys it cannot tell apart: ui.dark_mode, ui-dark-mode',
    ]);
  });

  it('ask whether a name that is nearly one of a flag was meant as that', () => {
    expect(remarksOn(['FF_UI_DRAK_MODE'], ['ui.dark_mode'])).toEqual([
      'FF_UI_DRAK_MODE overrides no flag that there is. Did you mean FF_UI_DARK_MODE, for "ui.dark_mode"?',
    ]);
  });

  it('are none where a variable fits, or is like nothing that there is', () => {
    expect(remarksOn(['FF_UI_DARK_MODE', 'FF_NOT_YET_THERE'], ['ui.dark_mode'])).toEqual([]);
  });
});

describe('the distance of two names', () => {
  it.each([
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'abcd', 1],
    ['abc', 'xyz', 3],
  ])('%s and %s: at most 2 counted, %d', (a, b, expected) => {
    expect(Math.min(distance(a, b, 2), 3)).toBe(expected);
  });
});
