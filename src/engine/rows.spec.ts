import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentFlagFromRow, environmentFromRow, flagFromRow, segmentFromRow } from './rows.js';
import { forestRows } from './testing/arbitraries.js';
import { rowOf } from './testing/entries.js';
import type { JsonObject } from './types.js';

describe('rows of the database', () => {
  it('become the things that they store, every column of them', () => {
    fc.assert(
      fc.property(forestRows({ environments: 3, flags: 2, segments: 2 }), (rows) => {
        for (const one of rows.environments) expect(environmentFromRow(rowOf(one))).toEqual(one);
        for (const one of rows.flags) expect(flagFromRow(rowOf(one))).toEqual(one);
        for (const one of rows.overrides) expect(environmentFlagFromRow(rowOf(one))).toEqual(one);
        for (const one of rows.segments) expect(segmentFromRow(rowOf(one))).toEqual(one);
      }),
      { numRuns: 50 },
    );
  });

  it('keep null, which inherits, from false, 0 and empty lists', () => {
    const row = {
      id: '1',
      environment_id: 'e',
      flag_id: 'f',
      enabled: false,
      percentage: 0,
      rules: [],
      variants: null,
      rules_mode: 'append',
    };
    expect(environmentFlagFromRow(row)).toMatchObject({
      enabled: false,
      percentage: 0,
      rules: [],
      variants: null,
      defaultVariant: null,
      rulesMode: 'append',
    });
  });

  it('never throw, whatever is in the columns', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('id', 'percentage', 'rules', 'variants', 'settings', 'version', 'key'), fc.jsonValue()),
        (row) => {
          for (const read of [environmentFromRow, flagFromRow, environmentFlagFromRow, segmentFromRow]) read(row as JsonObject);
        },
      ),
    );
  });
});
