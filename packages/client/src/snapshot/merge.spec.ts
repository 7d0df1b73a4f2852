import { describe, expect, it } from '@jest/globals';
import { aRow } from '../specs/documents.js';
import type { HeldDocument } from './held-document.js';
import { applyChange, changedKeys, keepRows } from './merge.js';

const held = (flags: HeldDocument['flags'], revision = 1, segments: HeldDocument['segments'] = {}): HeldDocument => ({
  format: 1,
  environment: 'production',
  aliases: [],
  chain: ['production'],
  revision,
  etag: `etag-${revision}`,
  flags,
  segments,
});
const copy = <T>(value: T): T => structuredClone(value);

describe('rows that say the same', () => {
  it('stay the objects that they were, whatever the order of their members', () => {
    const before = held({ a: aRow(), b: aRow({ enabled: false }) }, 1, { s: { conditions: [] } });
    const after = keepRows(
      held({ b: copy(aRow()), a: Object.fromEntries(Object.entries(aRow()).reverse()) }, 2, copy(before.segments)),
      before,
    );
    expect(after.flags['a']).toBe(before.flags['a']);
    expect(after.flags['b']).not.toBe(before.flags['b']);
    expect(after.segments['s']).toBe(before.segments['s']);
    expect({ ...after }).toMatchObject({ revision: 2, etag: 'etag-2' });
    expect(changedKeys(before, after)).toEqual(['b']);
  });
});

describe('a change', () => {
  it('puts, replaces and takes away, and leaves the rest and the document before as they are', () => {
    const before = held({ a: aRow(), b: aRow(), c: aRow() }, 1, { s: { conditions: [] } });
    const frozen = copy(before);
    const change = { revision: 2, etag: 'e2', flags: { b: null, c: aRow({ enabled: false }), d: aRow() }, segments: { s: null } };
    const after = applyChange(before, change);
    expect(after).toEqual({
      ...before,
      revision: 2,
      etag: 'e2',
      flags: { a: aRow(), c: aRow({ enabled: false }), d: aRow() },
      segments: {},
    });
    expect(after.flags['a']).toBe(before.flags['a']);
    expect(before).toEqual(frozen);
    expect(changedKeys(before, after).sort()).toEqual(['b', 'c', 'd']);
  });
});

describe('what changed', () => {
  it('is everything for who had nothing', () => {
    expect(changedKeys(null, held({ a: aRow(), b: aRow() }))).toEqual(['a', 'b']);
  });

  it('does not take names that every object has for flags', () => {
    expect(changedKeys(held({ a: aRow() }), held({ constructor: aRow() }))).toEqual(['constructor', 'a']);
  });
});
