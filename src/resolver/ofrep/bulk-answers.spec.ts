import { describe, expect, it } from '@jest/globals';
import { flag as aFlag, override as anOverride, segment as aSegment, state as stateOf, TREE } from '@flagtree/engine/testing';
import { compileEnvironment, type ConditionsRule, environmentBySlug, type EvaluationContext, type State } from '@flagtree/engine';
import { BulkAnswers } from './bulk-answers.js';
import { bytesOf } from '../../platform/http/byte-string.js';
import { contextDigest } from './context-digest.js';

/** In it, qa stands beside staging. */
const aState = (rows: Parameters<typeof stateOf>[0]) => stateOf({ environments: TREE, ...rows });

const NOON = Date.parse('2026-11-20T12:00:00.000Z');
const HOUR = 3_600_000;

function snapshotOf(state: State, slug: string) {
  const environment = environmentBySlug(state, slug);
  if (!environment) throw new Error(`no environment ${slug}`);
  return compileEnvironment(state, environment);
}

/** Asks a server that has answered nothing yet, unless `bulk` is given. */
function ask(state: State, context: EvaluationContext = {}, { slug = 'staging', now = NOON, bulk = new BulkAnswers() } = {}) {
  const snapshot = snapshotOf(state, slug);
  const answer = bulk.answer({ snapshot, context, contextDigest: contextDigest(context), now, streams: null });
  return { etag: answer.etag, body: JSON.parse(bytesOf(answer.body()).toString()) as unknown };
}

const rule = (attribute: string, value: string, operator: 'equals' | 'after' = 'equals'): ConditionsRule => ({
  id: 'r',
  conditions: [{ attribute, operator, values: [value] }],
  serve: { variant: 'on' },
});

describe('a bulk answer', () => {
  const flags = [
    aFlag('b', { rules: [rule('plan', 'pro')], defaultVariant: 'off' }),
    aFlag('a', { enabled: false, offVariant: null }),
    aFlag('c', {
      variants: [
        { key: 'on', value: true, weight: 1 },
        { key: 'off', value: false, weight: 1 },
      ],
    }),
    aFlag('d', { archivedAt: '2026-11-20T12:00:00.000Z' }),
  ];
  const state = aState({ revision: 7, flags, overrides: [anOverride('production', 'b', { percentage: 100 })] });

  it('is every flag that is in use, by key, and the set they belong to', () => {
    expect(ask(state, { plan: 'pro' }).body).toEqual({
      flags: [
        { key: 'a', reason: 'DISABLED', metadata: {} },
        { key: 'b', value: true, variant: 'on', reason: 'TARGETING_MATCH', metadata: { inheritedFrom: 'production' } },
        { key: 'c', errorCode: 'TARGETING_KEY_MISSING', errorDetails: expect.any(String), metadata: {} },
      ],
      metadata: { flagSetId: 'staging', version: '7' },
    });
  });

  it('is an empty list where there are no flags', () => {
    expect(ask(aState({ revision: 7, flags: [] })).body).toEqual({
      flags: [],
      metadata: { flagSetId: 'staging', version: '7' },
    });
  });

  it('keeps every character', () => {
    const flag = aFlag('é', {
      type: 'string',
      variants: [{ key: 'on', value: 'Grüße, 世界 🌳' }],
      defaultVariant: 'on',
      offVariant: null,
    });
    expect(ask(aState({ flags: [flag] })).body).toMatchObject({ flags: [{ key: 'é', value: 'Grüße, 世界 🌳' }] });
  });

  it('has a strong, quoted tag', () => {
    expect(ask(state).etag).toMatch(/^"[A-Za-z0-9_-]{27,80}"$/);
  });

  it.each([
    ['a later revision with the same content', { ...state, revision: 8 }, {}, {}],
    ['the same context in another order', state, { b: { d: 1, c: 2 }, a: 1 }, { a: 1, b: { c: 2, d: 1 } }],
  ])('has the same tag for %s', (_what, other, context, same) => {
    expect(ask(other, context).etag).toBe(ask(state, same).etag);
  });

  it.each([
    ['another context', state, { plan: 'free' }, 'staging'],
    ['another environment with the same values', state, {}, 'qa'],
    [
      'a flag more',
      aState({ flags: [...flags, aFlag('e')], overrides: [anOverride('production', 'b', { percentage: 100 })] }),
      {},
      'staging',
    ],
    ['a flag that is on', aState({ flags: flags.map((flag) => ({ ...flag, enabled: true })) }), {}, 'staging'],
  ])('has another tag for %s', (_what, other, context, slug) => {
    expect(ask(other, context, { slug }).etag).not.toBe(ask(state).etag);
  });

  it('tells where values come from anew when only that has changed', () => {
    const overridden = aState({
      flags,
      overrides: [anOverride('production', 'b', { percentage: 100 }), anOverride('staging', 'b', { percentage: 100 })],
    });
    const bulk = new BulkAnswers();
    const before = ask(state, {}, { bulk });
    const after = ask(overridden, {}, { bulk });
    expect(after.etag).not.toBe(before.etag);
    expect(after.body).toMatchObject({ flags: [{}, { key: 'b', metadata: {} }, {}] });
    expect(after.body).not.toEqual(before.body);
  });

  it('is kept for the next one who asks the same, with the revision of his time', () => {
    const bulk = new BulkAnswers();
    expect(ask(state, {}, { bulk }).body).toMatchObject({ metadata: { version: '7' } });
    expect(ask({ ...state, revision: 9 }, {}, { bulk }).body).toEqual({
      ...(ask(state).body as object),
      metadata: { flagSetId: 'staging', version: '9' },
    });
  });
});

describe('a bulk answer that depends on the time', () => {
  const late = rule('$now', '2026-11-20T13:00:00.000Z', 'after');

  it.each([
    ['a rule', aState({ flags: [aFlag('a', { rules: [late], defaultVariant: 'off' })] })],
    [
      'a segment of a segment',
      aState({
        flags: [aFlag('a', { rules: [{ ...late, conditions: [{ segment: 'outer' }] }], defaultVariant: 'off' })],
        segments: [aSegment('outer', [{ not: { not: { segment: 'inner' } } }]), aSegment('inner', late.conditions ?? [])],
      }),
    ],
  ])('changes its tag with its values, and only then: %s', (_what, state) => {
    const bulk = new BulkAnswers();
    const [noon, soon, later] = [0, HOUR / 2, 2 * HOUR].map((wait) => ask(state, {}, { bulk, now: NOON + wait }));
    expect([noon, later].map((answer) => answer?.body)).toMatchObject([
      { flags: [{ value: false }] },
      { flags: [{ value: true }] },
    ]);
    expect(soon).toEqual(noon);
    expect(later?.etag).not.toBe(noon?.etag);
  });
});
