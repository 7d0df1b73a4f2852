import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Snapshot } from '../compile/snapshot.js';
import { evaluate, evaluateAll } from '../evaluate/evaluate.js';
import type { State } from '../state/state.js';
import { context, moment, spoiling } from '../testing/arbitraries/arbitraries.js';
import { flag, segment, snapshotOf as serverSnapshotOf } from '../testing/builders.js';
import { journey } from '../testing/entries.js';
import { CompiledTree } from '../tree/compiled-tree.js';
import type { Flag, Rule } from '../types.js';
import { type SnapshotDocument, snapshotDocument } from './snapshot-document.js';
import { runs } from '../testing/runs.js';
import { snapshotOf } from './snapshot-of.js';

/** As it comes over the network. */
const sent = (snapshot: Snapshot) => JSON.parse(JSON.stringify(snapshotDocument(snapshot))) as SnapshotDocument;
const uses = (key: string): Rule => ({ id: 'r', conditions: [{ segment: key }], serve: { variant: 'on' } });
const ask = (snapshot: Snapshot, key: string, plan = 'pro') => evaluate(snapshot, key, { targetingKey: 'u', plan }, 0);

/** Any flag may require any other one: in circles, and one that is archived. */
function entangled(at: State, pairs: readonly (readonly [number, number])[]): State {
  const keys = [...at.flags.values()];
  const flags = new Map(at.flags);
  for (const [from, to] of pairs) {
    const [one, other] = [keys[from % keys.length], keys[to % keys.length]] as [Flag | undefined, Flag | undefined];
    if (!one || !other || !Array.isArray(other.variants)) continue;
    const variants = other.variants.slice(0, 1).map((variant) => variant?.key);
    const before = flags.get(one.id)!;
    if (Array.isArray(before.prerequisites)) {
      flags.set(one.id, { ...before, prerequisites: [...before.prerequisites, { flag: other.key, variants }] });
    }
  }
  return { ...at, flags };
}

const pairs = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 3 });
/** Some states of one server, one after the other. */
const histories = fc.oneof(
  fc.tuple(spoiling(), pairs).map(([{ sound, spoilt }, some]) => [sound, entangled(sound, some), spoilt, sound]),
  fc
    .tuple(journey({ environments: 3, flags: 4, segments: 2 }), pairs)
    .map(([{ from, to }, some]) => [from, entangled(to, some), to]),
);

describe('a snapshot of a document', () => {
  it('gives every context what the server gives it, whatever it was before and whatever was asked for', () => {
    fc.assert(
      fc.property(
        histories,
        fc.array(context, { minLength: 1, maxLength: 3 }),
        moment,
        fc.func(fc.boolean()),
        (states, contexts, now, isAskedFor) => {
          let tree = CompiledTree.empty();
          const known = new Map<string, Snapshot>();
          for (const [step, at] of states.entries()) {
            tree = tree.to(at);
            for (const { slug } of at.environments.values()) {
              const server = tree.snapshot(slug);
              if (!server || server instanceof Error) continue;
              const client = snapshotOf(sent(server), known.get(slug));
              known.set(slug, client);
              expect(placeOf(client)).toEqual(placeOf(server));
              for (const key of [...server.flags.keys(), 'nothing']) {
                if (!isAskedFor(step, slug, key)) continue;
                expect(client.flags.get(key)?.inheritedFrom).toBe(server.flags.get(key)?.inheritedFrom);
                for (const each of contexts) expect(evaluate(client, key, each, now)).toEqual(evaluate(server, key, each, now));
              }
              if (isAskedFor(step, slug)) for (const each of contexts) expect(evaluateAll(client, each, now)).toEqual(evaluateAll(server, each, now)); // prettier-ignore
            }
          }
        },
      ),
      { numRuns: runs(40, 100) },
    );
  });

  const server = serverSnapshotOf([flag('a'), flag('b', { rules: [uses('s')] }), flag('9'), flag('10')], [segment('s', [])]);

  it('has the flags in the order of the keys, as the server has them', () => {
    expect([...snapshotOf(sent(server)).flags.keys()]).toEqual(['10', '9', 'a', 'b']);
  });

  it('compiles a flag when it is asked for, and keeps those whose rows are the same', () => {
    const first = snapshotOf(sent(server));
    const [a, b] = [first.flags.get('a'), first.flags.get('b')];
    const next = sent(serverSnapshotOf([flag('a', { percentage: 5 }), flag('b', { rules: [uses('s')] })], [segment('s', [])]));
    const second = snapshotOf(next, first);
    expect([second.flags.get('a') === a, second.flags.get('b') === b, second.flags.size]).toEqual([false, true, 2]);
    const narrowed = {
      ...next,
      segments: { s: { conditions: [{ attribute: 'plan', operator: 'equals' as const, values: ['free'] }] } },
    };
    const third = snapshotOf(narrowed, second);
    expect([third.flags.get('a') === second.flags.get('a'), third.flags.get('b') === b]).toEqual([true, false]);
    expect(ask(third, 'b', 'pro')).toMatchObject({ reason: 'DEFAULT' });
    expect(snapshotOf({ ...next, environment: 'staging' }, second).flags.get('a')).not.toBe(second.flags.get('a'));
  });

  it('is not deceived by a segment that goes, comes back and becomes another one', () => {
    const rows = (conditions: Parameters<typeof segment>[1] | null) =>
      sent(serverSnapshotOf([flag('b', { rules: conditions ? [uses('s')] : [] })], conditions ? [segment('s', conditions)] : []));
    let snapshot = snapshotOf(rows([]));
    ask(snapshot, 'b');
    for (const conditions of [null, []]) snapshot = snapshotOf(rows(conditions), snapshot);
    expect(ask(snapshot, 'b')).toMatchObject({ reason: 'TARGETING_MATCH' });
    snapshot = snapshotOf(rows([{ attribute: 'plan', operator: 'equals', values: ['free'] }]), snapshot);
    expect(ask(snapshot, 'b')).toMatchObject({ reason: 'DEFAULT' });
  });

  const document = sent(server);
  it.each<[string, unknown]>([
    [
      'an operator',
      {
        ...document.flags['a'],
        rules: [{ id: 'r', conditions: [{ attribute: 'x', operator: 'smells_of', values: [] }], serve: { variant: 'on' } }],
      },
    ],
    ['a bucketing', { ...document.flags['a'], bucketing: 'flagd-v9' }],
    ['a type', { ...document.flags['a'], type: 'colour' }],
    ['a member', { ...document.flags['a'], schedule: [] }],
    ['a shape', null],
  ])('with %s that this version does not know disables that flag only, or leaves it as it was used', (_what, row) => {
    const other = { ...document, flags: { ...document.flags, a: row } } as SnapshotDocument;
    expect(ask(snapshotOf(other), 'a')).toMatchObject({ errorCode: 'PARSE_ERROR' });
    expect(ask(snapshotOf(other), 'b')).toMatchObject({ ok: true });
    const used = snapshotOf(document);
    ask(used, 'a');
    const goesOn = snapshotOf(other, used);
    expect(ask(goesOn, 'a')).toMatchObject({ ok: true });
    expect(goesOn.flags.get('a')!.defect).toEqual(expect.any(String));
    expect(ask(snapshotOf(document, goesOn), 'a')).toMatchObject({ ok: true });
    expect(snapshotOf(document, goesOn).flags.get('a')!.defect).toBeNull();
  });

  it('ends circles that only what was used last makes', () => {
    const requires = (key: string) => ({ prerequisites: [{ flag: key, variants: ['on'] }] });
    const first = snapshotOf(sent(serverSnapshotOf([flag('a', requires('b')), flag('b')])));
    ask(first, 'a');
    const next = sent(serverSnapshotOf([flag('a'), flag('b', requires('a'))]));
    const broken = {
      ...next,
      flags: { ...next.flags, a: { ...next.flags['a'], type: 'colour' } },
    } as unknown as SnapshotDocument;
    expect(ask(snapshotOf(broken, first), 'b')).toMatchObject({ reason: 'DISABLED' });
  });

  it('is what it is for segments that are none', () => {
    const broken = { ...document, segments: { s: null } } as unknown as SnapshotDocument;
    expect(ask(snapshotOf(broken), 'b')).toMatchObject({ errorCode: 'PARSE_ERROR' });
    expect(ask(snapshotOf(broken), 'a')).toMatchObject({ ok: true });
  });
});

function placeOf({ environment, aliases, chain, revision, etag }: Snapshot) {
  return { environment, aliases, chain, revision, etag };
}
