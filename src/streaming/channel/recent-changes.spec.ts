import { describe, expect, it } from '@jest/globals';
import { RecentChanges } from './recent-changes.js';

const change = (revision: number) => ({
  environment: 'staging',
  revision,
  id: String(revision),
  etag: `etag-${String(revision)}`,
  from: 'etag-before',
  keys: ['a'],
});

function recent(floor: number, revisions: readonly number[], limit = 10): RecentChanges {
  const changes = new RecentChanges(floor, limit);
  for (const revision of revisions) changes.push(change(revision));
  return changes;
}

describe('recent changes', () => {
  it.each([
    ['everything, for who has seen the revision before the first', 10, [12, 15, 16]],
    ['what is newer, for who has seen a part', 12, [15, 16]],
    ['what is newer, for who has seen a revision that changed nothing here', 13, [15, 16]],
    ['nothing, for who has seen the last change', 16, []],
    ['nothing, for who has seen a later revision that changed nothing here', 18, []],
  ])('are %s', (_whom, seen, expected) => {
    expect(
      recent(10, [12, 15, 16])
        .after(seen, 20)
        ?.map(({ revision }) => revision),
    ).toEqual(expected);
  });

  it.each([
    ['was gone before they begin', 9],
    ['has seen a revision that does not exist yet', 21],
  ])('cannot tell who %s', (_whom, seen) => {
    expect(recent(10, [12, 15, 16]).after(seen, 20)).toBeNull();
  });

  it('forget the oldest when there are too many, and then no longer answer for what they forgot', () => {
    const changes = recent(10, [11, 12, 13], 2);
    expect(changes.after(10, 13)).toBeNull();
    expect(changes.after(11, 13)?.map(({ revision }) => revision)).toEqual([12, 13]);
  });
});
