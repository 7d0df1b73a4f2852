import { describe, expect, it } from '@jest/globals';
import type { AuditEntry } from '@flagtree/api';
import { changesOf, sentenceOf } from './entries.js';

const entry = (given: Partial<AuditEntry>) =>
  ({
    user: 'token:ada',
    action: 'updated',
    entity: 'flag',
    flag: null,
    environment: null,
    before: null,
    after: null,
    ...given,
  }) as AuditEntry;

describe('an entry of the log', () => {
  it.each([
    [
      { action: 'disable', entity: 'environment-flag', flag: 'ui.x', environment: 'production' },
      'ada turned off ui.x in production',
    ],
    [{ action: 'created', entity: 'environment', after: { slug: 'qa' } }, 'ada created the environment qa'],
    [{ user: 'psql', action: 'deleted', entity: 'segment', before: { key: 'staff' } }, 'psql deleted the segment staff'],
    [{ action: 'updated', entity: 'environment-flag', flag: 'a', environment: 'qa' }, 'ada changed the override of a in qa'],
  ] as [Partial<AuditEntry>, string][])('%j reads as a sentence', (given, sentence) => {
    expect(sentenceOf(entry(given))).toBe(sentence);
  });

  it('says which fields changed, and nothing of what the database keeps for itself', () => {
    const before = { version: 1, updated_at: 'x', enabled: true, default_variant: 'on', rules: [] };
    const after = { version: 2, updated_at: 'y', enabled: false, default_variant: 'on', rules: [1, 2] };
    expect(changesOf({ before, after })).toEqual([
      { field: 'Enabled', before: 'On', after: 'Off' },
      { field: 'Rules', before: '0 rules', after: '2 rules' },
    ]);
  });
});
