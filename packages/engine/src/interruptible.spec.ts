import { describe, expect, it } from '@jest/globals';
import { slicedDiff } from './compare/diff.js';
import { slicedSegmentDifferences } from './compare/segment-differences.js';
import { slicedCompile } from './compile/compile-environment.js';
import type { Interruptible } from './interruptible.js';
import { slicedSizeChanges } from './sizes/size-changes.js';
import { slicedRewind } from './state/state.js';
import { slicedExport } from './states/export-states.js';
import { slicedPrint } from './states/print-document.js';
import { entry } from './testing/entries.js';
import { environment, flag, segment, state } from './testing/builders.js';

const COUNT = 50;
const flags = Array.from({ length: COUNT }, (_, i) => flag(`f.${String(i)}`));
const here = environment('production');
const at = state({ flags, environments: [here] });
const other = state({ flags, environments: [here], segments: [segment('s', [])] });
const whole = { selection: {}, sections: new Set(['flags'] as const), archived: false };

const WORKS: [string, () => Interruptible<unknown>][] = [
  ['a comparison', () => slicedDiff({ state: at, environment: here }, { state: other, environment: here })],
  [
    'a comparison of segments',
    () => slicedSegmentDifferences({ state: at, environment: here }, { state: other, environment: here }),
  ],
  ['an environment of the past', () => slicedCompile(at, here)],
  ['sizes', () => slicedSizeChanges(state({}), at)],
  ['a state of the past', () => slicedRewind(at, flags.map((one) => entry(1, 'flags', null, one)), 0)],
  ['a document', () => slicedExport(at, whole)],
  ['its text', () => slicedPrint({ flags })],
]; // prettier-ignore

describe('work over many flags', () => {
  it.each(WORKS)('can be put aside between them: %s', (_, work) => {
    expect([...work()].length).toBeGreaterThanOrEqual(COUNT);
  });
});
