import { describe, expect, it } from '@jest/globals';
import { environmentBySlug } from '../state/chain.js';
import { contentDigest } from './content-digest.js';
import { resolveFlag } from '../resolve/resolve.js';
import { PRO, serveOn } from '../testing/answers.js';
import { flag, segment, state } from '../testing/builders.js';
import type { Flag, Segment } from '../types.js';

function digest(one: Flag, segments: [string, Segment | undefined][] = [], known = new Map<object, string>()): string {
  const rows = state({ flags: [one] });
  return contentDigest(resolveFlag(rows, environmentBySlug(rows, 'production')!, one), new Map(segments), known);
}

describe('contentDigest', () => {
  it('does not see what no evaluation depends on', () => {
    const dressed = flag('f', {
      id: 'other',
      name: 'F',
      description: 'x',
      owner: 'me',
      tags: ['t'],
      permanent: true,
      version: 7,
    });
    expect(digest(dressed)).toBe(digest(flag('f')));
    expect(digest(flag('f', { salt: 'f' }))).toBe(digest(flag('f')));
  });

  it('sees each field that an evaluation depends on, and tells its values apart', () => {
    const rules = [serveOn('a'), serveOn('b')];
    const flags = [
      flag('f'),
      flag('g'),
      flag('f', { type: 'json' }),
      flag('f', { bucketing: 'other' as never }),
      flag('f', { salt: 'pepper' }),
      flag('f', { salt: '' }),
      flag('f', { enabled: false }),
      flag('f', { percentage: 99.999 }),
      flag('f', { defaultVariant: 'off' }),
      flag('f', { defaultVariant: null }),
      flag('f', { offVariant: 'on' }),
      flag('f', { offVariant: null }),
      flag('f', { variants: [{ key: 'on', value: true }] }),
      flag('f', { prerequisites: [{ flag: 'g', variants: ['on'] }] }),
      flag('f', { rules }),
      flag('f', { rules: rules.slice(0, 1) }),
      flag('f', { rules: rules.toReversed() }),
    ];
    expect(new Set(flags.map((one) => digest(one))).size).toBe(flags.length);
    for (const each of flags) expect(digest(each)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('sees the segments by key and conditions, whatever else they have', () => {
    const [pro, everyone] = [segment('s', [PRO]), segment('s', [])];
    const seen = [
      digest(flag('f')),
      digest(flag('f'), [['s', pro]]),
      digest(flag('f'), [['s', everyone]]),
      digest(flag('f'), [['t', pro]]),
      digest(flag('f'), [
        ['s', pro],
        ['t', pro],
      ]),
    ];
    expect(new Set(seen).size).toBe(seen.length);
    expect(digest(flag('f'), [['s', { ...pro, name: 'S', version: 7 }]])).toBe(seen[1]);
    expect(digest(flag('f'), [['s', undefined]])).toBe(seen[2]);
  });

  it('is the same whichever order the members of its parts have', () => {
    const [on, off] = [
      { key: 'on', value: true },
      { key: 'off', value: false },
    ];
    const turned = { value: true, key: 'on' };
    expect(digest(flag('f', { variants: [turned, off] }))).toBe(digest(flag('f', { variants: [on, off] })));
  });

  it('digests each part once', () => {
    const known = new Map<object, string>();
    const one = flag('f', { rules: [serveOn('a')] });
    const first = digest(one, [], known);
    expect([...known.keys()]).toEqual([one.prerequisites, one.variants, one.rules[0]]);
    for (const part of known.keys()) known.set(part, `of ${known.size}`);
    expect(digest(one, [], known)).not.toBe(first);
  });
});
