import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { environmentFlagFromRow, environmentFromRow, flagFromRow, rowOf, segmentFromRow } from './rows.js';
import { forestRows } from '../testing/arbitraries/arbitraries.js';
import type { JsonObject, JsonValue } from '../types.js';

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

  const bare = { id: '1', createdAt: '', updatedAt: '', version: 1 };
  const text = { id: '1', name: '' };

  it('have what a column that is not there stands for', () => {
    expect(environmentFromRow(text)).toEqual({
      ...bare,
      slug: '',
      aliases: [],
      url: null,
      name: '',
      description: null,
      parentId: null,
      settings: {},
      isActive: true,
      expiresAt: null,
    });
    expect(flagFromRow(text)).toEqual({
      ...bare,
      key: '',
      name: '',
      description: null,
      type: undefined,
      enabled: undefined,
      percentage: 100,
      rules: [],
      variants: [],
      defaultVariant: null,
      offVariant: null,
      bucketing: 'flagd-v2',
      salt: null,
      onMissingKey: 'error',
      prerequisites: [],
      owner: null,
      tags: [],
      metadata: {},
      permanent: false,
      expiresAt: null,
      archivedAt: null,
    });
    expect(environmentFlagFromRow(text)).toEqual({
      ...bare,
      environmentId: '',
      flagId: '',
      enabled: null,
      percentage: null,
      rules: null,
      rulesMode: 'replace',
      variants: null,
      defaultVariant: null,
      offVariant: null,
      reason: null,
    });
    expect(segmentFromRow(text)).toEqual({ ...bare, key: '', name: '', description: null, conditions: [] });
  });

  it('take for text only text, and for yes or no only that', () => {
    const odd = environmentFromRow({ slug: 7, description: 7, parent_id: {}, expires_at: 7, is_active: 0 });
    expect(odd).toMatchObject({ slug: '', description: null, parentId: null, expiresAt: null, isActive: true });
    expect(environmentFromRow({ is_active: false }).isActive).toBe(false);
    expect([true, 'true', 1].map((permanent) => flagFromRow({ permanent }).permanent)).toEqual([true, false, false]);
  });

  it.each([
    ['2026-01-01T12:00:00+00:00', '2026-01-01T12:00:00Z'],
    ['2026-01-01T12:00:00.123456-00:00', '2026-01-01T12:00:00.123456Z'],
    ['2026-01-01T12:00:00Z', '2026-01-01T12:00:00Z'],
    ['2026-01-01T12:00:00+02:00', '2026-01-01T12:00:00+02:00'],
    ['-00:00 long ago', '-00:00 long ago'],
  ])('tell the moment %s as %s', (stored, told) => {
    expect(flagFromRow({ created_at: stored, updated_at: stored, expires_at: stored, archived_at: stored })).toMatchObject({
      createdAt: told,
      updatedAt: told,
      expiresAt: told,
      archivedAt: told,
    });
  });

  it('turn numbers that arrive as text into numbers, and nothing else', () => {
    const read = (percentage: JsonValue) => environmentFlagFromRow({ percentage }).percentage;
    expect(['12.500', '0', ' 7 ', '', '  ', true].map(read)).toEqual([12.5, 0, 7, '', '  ', true]);
    expect(flagFromRow({ version: '12' }).version).toBe(12);
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
