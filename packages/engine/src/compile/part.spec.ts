import { describe, expect, it } from '@jest/globals';
import { environment, flag, state } from '../testing/builders.js';
import { evaluate, evaluateAll } from '../evaluate/evaluate.js';
import { following } from '../testing/arbitraries/trees.js';
import { partWithTags } from './part.js';
import type { Flag } from '../types.js';

const production = environment('production');
const snapshotOf = (...flags: Flag[]) => following(state({ environments: [production], flags }), 'production');
const part = (flags: Flag[], tags = ['web']) => partWithTags(snapshotOf(...flags), tags);

const shown = flag('shown', { tags: ['web', 'shop'] });
const needing = flag('needing', { tags: ['web'], prerequisites: [{ flag: 'hidden', variants: ['off'] }] });
const hidden = flag('hidden', { tags: ['ops'] });

describe('the part of an environment that bears tags', () => {
  it('has the flags that bear one of them, and no other exists', () => {
    const seen = part([shown, hidden, flag('plain')]);
    expect([...seen.flags.keys()]).toEqual(['shown']);
    expect(evaluate(seen, 'hidden', {}, 0)).toMatchObject({ ok: false, errorCode: 'FLAG_NOT_FOUND' });
    expect(evaluateAll(seen, {}, 0)).toHaveLength(1);
  });

  it('evaluates them as the whole does, prerequisites that it does not have included', () => {
    for (const enabled of [true, false]) {
      const flags = [needing, { ...hidden, enabled }];
      expect(evaluate(part(flags), 'needing', {}, 0)).toEqual(evaluate(snapshotOf(...flags), 'needing', {}, 0));
    }
    expect(evaluate(part([needing, { ...hidden, enabled: true }]), 'needing', {}, 0)).toMatchObject({ reason: 'DISABLED' });
  });

  const etag = (flags: Flag[], tags?: string[]) => part(flags, tags).etag;

  it('is the same while what it has is, whatever else changes', () => {
    const before = etag([shown, hidden]);
    expect(etag([shown, { ...hidden, enabled: !hidden.enabled }])).toBe(before);
    expect(etag([shown])).toBe(before);
  });

  it.each<[string, Flag[]]>([
    ['a flag of it changes', [{ ...shown, percentage: 7 }, hidden]],
    ['a flag gets the tag', [shown, { ...hidden, tags: ['web'] }]],
    ['a flag loses the tag', [{ ...shown, tags: ['shop'] }, hidden]],
    ['a prerequisite changes that it does not have', [shown, needing, { ...hidden, enabled: !hidden.enabled }]],
  ])('is another one when %s', (what, flags) => {
    const before = what.includes('prerequisite') ? [shown, needing, hidden] : [shown, hidden];
    expect(etag(flags)).not.toBe(etag(before));
  });

  it('is made once, whatever the order of the tags', () => {
    const snapshot = snapshotOf(shown);
    expect(partWithTags(snapshot, ['a', 'web'])).toBe(partWithTags(snapshot, ['web', 'a']));
  });
});
