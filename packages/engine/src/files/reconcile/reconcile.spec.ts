import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../types.js';
import type { Ownership } from '../words.js';
import { reconcile, type Reconciled, type ReconcileOptions } from './reconcile.js';
import { type DeclaredThing, identityOf, type SaidThing, type NamedThing } from './things.js';

const THING: NamedThing = { kind: 'override', key: 'ui.x', environment: 'staging' };
const FLAG: DeclaredThing = { kind: 'flag', key: 'ui.x', environment: null, fields: {}, place: null };
const said = (fields: JsonObject, thing: NamedThing = THING): SaidThing => ({ ...thing, fields, place: null });

const OPTIONS: ReconcileOptions = {
  source: 'shop',
  owners: new Map(),
  ownership: () => 'git',
  held: () => null,
  inScope: () => true,
  prune: false,
  take: () => false,
};

type Value = 'a' | 'b' | 'c' | undefined;
const VALUES: Value[] = [undefined, 'a', 'b', 'c'];
const fieldsOf = (value: Value): JsonObject => (value === undefined ? {} : { percentage: value });

function outcome(result: Reconciled): string {
  const { changes, adopt, drift, conflicts, held } = result;
  const of = (list: readonly NamedThing[]) => list.filter(({ kind }) => kind === 'override').length;
  return (
    changes.filter(({ kind }) => kind === 'override').map(({ action }) => action)[0] ??
    (of(adopt) ? 'adopt' : of(drift) ? 'drift' : of(conflicts) ? 'conflict' : of(held) ? 'held' : 'nothing')
  );
}

function run(B: Value, D: Value, L: Value, options: Partial<ReconcileOptions> = {}) {
  const files: DeclaredThing[] = [FLAG, said(fieldsOf(D))];
  const known = [FLAG, said(fieldsOf(B))];
  const live = (thing: NamedThing) => (thing.kind === 'flag' ? {} : fieldsOf(L));
  return reconcile(files, known, live, { ...OPTIONS, ...options });
}

/** The same with what was applied written down, and what was to be written, written. */
function after(result: Reconciled, L: Value): { B: Value; L: Value } {
  const change = result.changes.find(({ kind }) => kind === 'override');
  const applied = result.applied.find(({ kind }) => kind === 'override');
  return { B: applied?.fields['percentage'] as Value, L: change ? (change.after as Value) : L };
}

describe('reconcile', () => {
  it.each<[Value, Value, Value, string]>([
    [undefined, undefined, undefined, 'nothing'],
    [undefined, undefined, 'a', 'nothing'],
    [undefined, 'a', undefined, 'set'],
    [undefined, 'a', 'a', 'adopt'],
    [undefined, 'a', 'b', 'conflict'],
    ['a', undefined, undefined, 'adopt'],
    ['a', undefined, 'a', 'clear'],
    ['a', undefined, 'b', 'conflict'],
    ['a', 'a', undefined, 'drift'],
    ['a', 'a', 'a', 'nothing'],
    ['a', 'a', 'b', 'drift'],
    ['a', 'b', undefined, 'conflict'],
    ['a', 'b', 'a', 'set'],
    ['a', 'b', 'b', 'adopt'],
    ['a', 'b', 'c', 'conflict'],
  ])('of applied %s, files %s and live %s makes: %s', (B, D, L, expected) => {
    expect(outcome(run(B, D, L))).toBe(expected);
  });

  const states = VALUES.flatMap((B) =>
    VALUES.flatMap((D) => VALUES.flatMap((L) => [true, false].map((isHeld) => ({ B, D, L, isHeld })))),
  );

  it.each(states)('keeps the four laws with applied $B, files $D, live $L, held $isHeld', ({ B, D, L, isHeld }) => {
    const held = () => (isHeld ? 'kill' : null);
    const result = run(B, D, L, { held });
    const wrote = result.changes.length > 0;
    const next = after(result, L);
    expect({ overwritesLiveEdit: wrote && L !== B, writesUnchangedFiles: wrote && B === D, writesHeld: wrote && isHeld }).toEqual(
      {
        overwritesLiveEdit: false,
        writesUnchangedFiles: false,
        writesHeld: false,
      },
    );
    const again = run(next.B, D, next.L, { held });
    expect(again.changes).toEqual([]);
    expect(after(again, next.L)).toEqual(next);
  });

  it.each<[Ownership, Value, Value, Value, string]>([
    ['live', 'a', 'b', 'a', 'nothing'],
    ['live', undefined, 'b', undefined, 'nothing'],
    ['git-initial', undefined, 'b', 'a', 'nothing'],
    ['git-initial', 'a', 'b', 'a', 'nothing'],
  ])('leaves to whoever owns it: %s, applied %s, files %s, live %s', (owner, B, D, L, expected) => {
    expect(outcome(run(B, D, L, { ownership: () => owner }))).toBe(expected);
  });

  it('sets what the files only begin, once', () => {
    const options = { ...OPTIONS, ownership: () => 'git-initial' as const };
    const files = [FLAG, said({ percentage: 5 })];
    const first = reconcile(files, [], (thing) => (thing.kind === 'flag' ? {} : {}), options);
    expect(first.changes.map(({ field, after: value }) => [field, value])).toEqual([['percentage', 5]]);
    expect(reconcile(files, first.applied, () => ({ percentage: 50 }), options).changes).toEqual([]);
  });

  it('takes the side of the files where it is told to', () => {
    expect(outcome(run('a', 'a', 'b', { take: () => true }))).toBe('set');
    expect(outcome(run('a', undefined, 'b', { take: () => true }))).toBe('clear');
  });

  it('leaves what another source declares, and what is out of scope', () => {
    const owners = new Map([[identityOf(THING), 'other']]);
    expect(run('a', 'b', 'a', { owners }).foreign).toEqual([{ ...THING, source: 'other' }]);
    const out = run('a', 'b', 'a', { inScope: () => false });
    expect({ ...out, applied: [] }).toEqual({ ...reconcile([], [], () => null, OPTIONS) });
  });

  it('leaves flags that the files have no more, and archives them only when it may prune', () => {
    const known = [said({ enabled: true }, { kind: 'flag', key: 'old', environment: null })];
    const left = reconcile([], known, () => ({ enabled: true }), OPTIONS);
    expect([left.orphans, left.changes, left.applied]).toEqual([[{ kind: 'flag', key: 'old', environment: null }], [], known]);
    const pruned = reconcile([], known, () => ({ enabled: true }), { ...OPTIONS, prune: true });
    expect(pruned.changes.map(({ action }) => action)).toEqual(['archive']);
    expect(pruned.applied).toEqual([]);
  });

  it('does not decide what a flag serves that it meets for the first time, and says so', () => {
    const files: DeclaredThing[] = [{ ...FLAG, fields: { enabled: true, owner: 'team' } }];
    const { changes, conflicts } = reconcile(files, [], () => ({ enabled: false, owner: null }), OPTIONS);
    expect([changes.map(({ field }) => field), conflicts.map(({ field }) => field)]).toEqual([['owner'], ['enabled']]);
  });

  it('loses no live edit in any history, and has nothing to do a second time', () => {
    const value = fc.constantFrom<Value>(...VALUES);
    const step = fc.oneof(
      fc.record({ do: fc.constant('files' as const), field: fc.constantFrom('enabled', 'percentage'), value }),
      fc.record({ do: fc.constant('live' as const), field: fc.constantFrom('enabled', 'percentage'), value }),
      fc.record({ do: fc.constant('apply' as const) }),
      fc.record({ do: fc.constant('pull' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const world = { files: {} as JsonObject, live: {} as JsonObject, known: [] as SaidThing[] };
        const edited = new Set<string>();
        const plan = () =>
          reconcile([FLAG, said(world.files)], world.known, (thing) => (thing.kind === 'flag' ? {} : world.live), OPTIONS);
        for (const one of steps) {
          if (one.do === 'pull') {
            world.files = { ...world.live };
            edited.clear();
          } else if (one.do === 'apply') {
            const result = plan();
            for (const change of result.changes) {
              if (change.kind !== 'override') continue;
              if (edited.has(change.field)) throw new Error(`the live edit of ${change.field} is lost`);
              world.live = withField(world.live, change.field, change.after);
            }
            world.known = result.applied;
            expect(plan().changes).toEqual([]);
          } else {
            const before = world[one.do][one.field];
            world[one.do] = withField(world[one.do], one.field, one.value);
            if (one.do === 'live' && before !== one.value) edited.add(one.field);
            if (world.files[one.field] === world.live[one.field]) edited.delete(one.field);
            if (one.do === 'live' && world.known[1]?.fields[one.field] === one.value) edited.delete(one.field);
          }
        }
        const { changes, drift, conflicts } = (world.files = { ...world.live }) && plan();
        expect([changes, drift, conflicts]).toEqual([[], [], []]);
      }),
    );
  });
});

function withField(fields: JsonObject, field: string, value: JsonValue | undefined): JsonObject {
  const { [field]: _old, ...others } = fields;
  return value === undefined ? others : { ...others, [field]: value };
}
