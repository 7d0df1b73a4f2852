import { describe, expect, it } from '@jest/globals';
import {
  flag as aFlag,
  entry as anEntry,
  environment as anEnvironment,
  override as anOverride,
  segment as aSegment,
  state as stateOf,
  TREE,
} from '@flagtree/engine/testing';
import {
  applyEntries,
  CircularEnvironmentInheritanceError,
  CompiledTree,
  type Entry,
  evaluate,
  type Snapshot,
  type State,
} from '@flagtree/engine';
import { allSnapshots, type Snapshots } from './all-snapshots.js';
import { countOf, newlyBroken } from './broken-flags.js';

/** In it, qa stands beside staging. */
const aState = (rows: Parameters<typeof stateOf>[0]) => stateOf({ environments: TREE, ...rows });

const first = (state: State) => allSnapshots(CompiledTree.empty().to(state));

function snapshot(snapshots: Snapshots, slug: string): Snapshot {
  const found = snapshots.get(slug);
  if (!found || found instanceof Error) throw new Error(`no snapshot of ${slug}`);
  return found;
}

const value = (snapshots: Snapshots, slug: string, key: string) => {
  const answer = evaluate(snapshot(snapshots, slug), key, {}, 0);
  return answer.ok ? answer.value : answer.errorCode;
};

function after(state: State, ...entries: Entry[]) {
  const tree = CompiledTree.empty().to(state);
  const before = allSnapshots(tree);
  const next = tree.to(applyEntries(state, entries));
  return { before, now: allSnapshots(next), trees: [tree, next] as const };
}

/** The slugs whose flags are not the very same map as before. */
const compiledAnew = ({ before, now }: ReturnType<typeof after>) =>
  [...now.keys()].filter((slug) => before.get(slug) === undefined || snapshot(before, slug).flags !== snapshot(now, slug).flags);

const off = (key: string) => aFlag(key, { enabled: false });

describe('all snapshots', () => {
  const state = aState({ flags: [off('a'), off('b')], overrides: [anOverride('production', 'a', { enabled: true })] });

  it('compiles every environment at first', () => {
    expect([...first(state).keys()].sort()).toEqual(['development', 'production', 'qa', 'staging']);
    expect(value(first(state), 'development', 'a')).toBe(true);
    expect(value(first(state), 'development', 'b')).toBe(false);
  });

  it('follows an override into its environment and all below it, and leaves the others alone', () => {
    const step = after(state, anEntry(2, 'environment_flags', null, anOverride('staging', 'b', { enabled: true })));
    expect(compiledAnew(step).sort()).toEqual(['development', 'staging']);
    expect(value(step.now, 'development', 'b')).toBe(true);
    expect(value(step.now, 'qa', 'b')).toBe(false);
    expect([...step.now.values()].map((each) => (each as Snapshot).revision)).toEqual([2, 2, 2, 2]);
  });

  it('follows an override that is removed', () => {
    const step = after(state, anEntry(2, 'environment_flags', anOverride('production', 'a', { enabled: true }), null));
    expect(['production', 'staging', 'development', 'qa'].map((slug) => value(step.now, slug, 'a'))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('shares the flags that stay the same with what was before', () => {
    const { before, now } = after(state, anEntry(2, 'environment_flags', null, anOverride('staging', 'b', { enabled: true })));
    expect(snapshot(now, 'staging').flags.get('a')).toBe(snapshot(before, 'staging').flags.get('a'));
    expect(snapshot(now, 'staging').flags.get('b')).not.toBe(snapshot(before, 'staging').flags.get('b'));
  });

  it('follows a flag and a segment into every environment', () => {
    const beta = { id: 'beta', conditions: [{ segment: 'testers' }], serve: { variant: 'on' } };
    const start = aState({ flags: [aFlag('a', { rules: [beta], defaultVariant: 'off' })], segments: [aSegment('testers', [])] });
    expect(value(first(start), 'qa', 'a')).toBe(true);
    const nobody = aSegment('testers', [{ attribute: 'role', operator: 'equals', values: ['tester'] }]);
    const step = after(start, anEntry(2, 'segments', aSegment('testers', []), nobody));
    expect([...step.now.keys()].map((slug) => value(step.now, slug, 'a'))).toEqual([false, false, false, false]);
    const gone = after(start, anEntry(2, 'flags', aFlag('a'), aFlag('a', { archivedAt: '2026-11-20T12:00:00.000Z' })));
    expect([...gone.now.keys()].map((slug) => value(gone.now, slug, 'a'))).toEqual(Array(4).fill('FLAG_NOT_FOUND'));
  });

  it('gives a new environment its values, and takes those of a deleted one away', () => {
    const added = after(state, anEntry(2, 'environments', null, anEnvironment('pr-42', 'staging')));
    expect(compiledAnew(added)).toEqual(['pr-42']);
    expect(snapshot(added.now, 'pr-42').flags).toBe(snapshot(added.now, 'development').flags);
    expect(value(added.now, 'pr-42', 'a')).toBe(true);
    const removed = after(state, anEntry(2, 'environments', anEnvironment('qa', 'production'), null));
    expect([...removed.now.keys()].sort()).toEqual(['development', 'production', 'staging']);
  });

  it('follows a new parent into the environment and all below it', () => {
    const step = after(state, anEntry(2, 'environments', TREE[1] ?? null, anEnvironment('staging')));
    expect(compiledAnew(step).sort()).toEqual(['development', 'staging']);
    expect(value(step.now, 'development', 'a')).toBe(false);
    expect(value(step.now, 'qa', 'a')).toBe(true);
  });

  it('compiles nothing for a new name, a deactivation or a token', () => {
    const step = after(
      state,
      anEntry(2, 'environments', TREE[0] ?? null, anEnvironment('production', null, { name: 'Live', isActive: false })),
      anEntry(3, 'tokens', null, {}),
    );
    expect(compiledAnew(step)).toEqual([]);
    expect(snapshot(step.now, 'production').revision).toBe(3);
    expect(snapshot(step.now, 'production').etag).toBe(snapshot(step.before, 'production').etag);
  });

  it('lets each environment stand alone when inheritance is off', () => {
    const alone = first({ ...state, inheritance: false });
    expect(['production', 'staging'].map((slug) => value(alone, slug, 'a'))).toEqual([true, false]);
  });

  it('keeps all others working when an environment inherits from itself, and takes it back once it no longer does', () => {
    const looped = aState({
      flags: [aFlag('a')],
      environments: [...TREE, anEnvironment('egg', 'hen'), anEnvironment('hen', 'egg')],
    });
    const tree = CompiledTree.empty().to(looped);
    const broken = allSnapshots(tree);
    expect(broken.get('egg')).toBeInstanceOf(CircularEnvironmentInheritanceError);
    expect(broken.get('egg')).toMatchObject({ environmentSlug: 'egg', visitedChain: ['egg', 'hen'] });
    expect(value(broken, 'development', 'a')).toBe(true);
    const entry = anEntry(2, 'environments', anEnvironment('hen', 'egg'), anEnvironment('hen'));
    const healed = allSnapshots(tree.to(applyEntries(looped, [entry])));
    expect(value(healed, 'egg', 'a')).toBe(true);
  });

  it('lets a broken flag disable only itself, and keeps the last good one', () => {
    const bad = { ...aFlag('a'), rules: 'none of your business' } as unknown as ReturnType<typeof aFlag>;
    const fresh = first(aState({ flags: [bad, aFlag('b')] }));
    expect([value(fresh, 'qa', 'a'), value(fresh, 'qa', 'b')]).toEqual(['PARSE_ERROR', true]);
    const step = after(aState({ flags: [aFlag('a'), aFlag('b')] }), anEntry(2, 'flags', aFlag('a'), bad));
    expect([value(step.now, 'qa', 'a'), value(step.now, 'qa', 'b')]).toEqual([true, true]);
    expect(snapshot(step.now, 'qa').flags.get('a')?.defect).toEqual(expect.any(String));
    expect(countOf(newlyBroken(...step.trees))).toEqual({ flags: 1, environments: 4 });
    expect([...newlyBroken(step.trees[1], step.trees[1])]).toEqual([]);
  });
});
