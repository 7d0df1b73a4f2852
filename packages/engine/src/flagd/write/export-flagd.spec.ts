import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { LOGIC_OPERATORS } from '../../logic/compile.js';
import { compileEnvironment } from '../../compile/compile-environment.js';
import { evaluate } from '../../evaluate/evaluate.js';
import type { State } from '../../state/state.js';
import type { CompiledFlag, Snapshot } from '../../compile/snapshot.js';
import { flag, segment, state } from '../../testing/builders.js';
import { runs } from '../../testing/runs.js';
import type { Condition, Evaluation, EvaluationContext, FlagType, JsonValue } from '../../types.js';
import { exportFlagd } from './export-flagd.js';
import { context, forest } from '../testing/forests.js';
import { seedOf, ForestTally } from '../testing/tally.js';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const conformance = resolve(process.env['FLAGTREE_CONFORMANCE_DIR'] ?? '../../shared/conformance', 'flagd-schemas');

function snapshotIn(at: State, slug = 'production'): Snapshot {
  return compileEnvironment(
    at,
    [...at.environments.values()].find((one) => one.slug === slug)!,
  );
}

const exported = (at: State, slug?: string) => exportFlagd(snapshotIn(at, slug), at.segments);
const PAIRS = runs(4_000, 12_000);

describe('a flagd export', () => {
  it(`is evaluated by flagd-core to the same value, variant and reason (${PAIRS} pairs)`, () => {
    const seed = seedOf();
    const tally = new ForestTally();
    let pairs = 0;
    for (let round = 0; pairs < PAIRS; round++) {
      const [at] = fc.sample(forest, { seed: seed + round, numRuns: 1 }) as [State];
      const contexts = fc.sample(context, { seed: seed + round, numRuns: 6 });
      for (const { slug } of at.environments.values()) {
        const snapshot = snapshotIn(at, slug);
        const document = exportFlagd(snapshot, at.segments);
        const core = new FlagdCore(new MemoryStorage(silent), silent);
        core.setConfigurations(JSON.stringify(document));
        for (const { flag: left, detail } of document.omitted) {
          expect([left, detail]).toEqual([left, expect.stringMatching(/^(rule "r[1-4]": )?flagd /)]);
          tally.count('left out');
        }
        for (const one of snapshot.flags.values()) {
          if (!(one.key in document.flags)) continue;
          for (const attributes of contexts) {
            const ours = asFlagdSays(evaluate(snapshot, one.key, attributes, Date.now()));
            expect({
              seed,
              round,
              slug,
              key: one.key,
              attributes,
              rules: one.resolved.fields.rules.value,
              ...byCore(core, one.key, one.type, attributes),
            }).toEqual({ seed, round, slug, key: one.key, attributes, rules: one.resolved.fields.rules.value, ...ours });
            tally.count(...metBy(one, attributes, evaluate(snapshot, one.key, attributes, Date.now())));
            pairs++;
          }
        }
      }
    }
    tally.print(`flagd export, seed ${seed} (PROPERTY_SEED), ${pairs} pairs`);
    expect(tally.rarerThan(PAIRS / 400, COMMON)).toEqual([]);
    expect(tally.rarerThan(PAIRS / 600, ['left out'])).toEqual([]);
  });

  it(`fits flagd's schema (${existsSync(conformance) ? 'found' : 'not there'})`, () => {
    if (!existsSync(conformance)) return;
    const validate = flagsSchema();
    for (const at of fc.sample(forest, 40)) {
      const document = exported(at);
      expect(validate(document) || validate.errors).toBe(true);
    }
  });

  const omittedBy = (condition: Condition) =>
    exported(
      state({ flags: [flag('f', { rules: [{ id: 'r', conditions: [condition], serve: { variant: 'on' } }] }), flag('g')] }),
    );

  it.each<[Condition, string]>([
    [{ attribute: 'a', operator: 'matches', values: ['x'] }, 'flagd has no regular expressions'],
    [{ attribute: 'a', operator: 'in_cidr', values: ['10.0.0.0/8'] }, 'flagd knows no address ranges'],
    [{ attribute: 'a', operator: 'before', values: ['2026-01-01T00:00:00Z'] }, 'flagd compares no dates of the context'],
    [{ attribute: '$now', operator: 'before', values: ['2026-01-01T00:00:00.5Z'] }, 'the clock of flagd has whole seconds'],
    [{ attribute: 'a', operator: 'semver_in_range', values: ['^1.0.0'] }, 'flagd knows no version ranges'],
    [{ attribute: 'a', operator: 'equals', values: ['x'], ignoreCase: true }, 'flagd compares texts with regard to case only'],
    [{ attribute: 'constructor.name', operator: 'exists' }, 'flagd reads more than the context under "constructor.name"'],
    [{ jsonLogic: { var: 'constructor.name' } }, 'flagd reads more than the context under "constructor.name"'],
    [{ jsonLogic: { missing: ['a.map'] } }, 'flagd reads more than the context under "a.map"'],
    [{ jsonLogic: { var: '../a' } }, 'flagd leaves the element for "../a"'],
    [
      { jsonLogic: { some: [{ var: 'a' }, { starts_with: [{ var: '' }, 'x'] }] } },
      'flagd has no "starts_with" inside of an operator that goes through a list',
    ],
    [
      { jsonLogic: { '<': [1, { '+': [{ var: 'a' }, 1] }, 3] } },
      'flagd compares with the calculated operands of "<" what it has read last',
    ],
    [
      { jsonLogic: { reduce: [[1, 2], { max: [{ var: 'accumulator' }, { var: 'current' }] }, { var: 'a' }] } },
      'flagd calculates a "reduce" over a list that is given before it knows the context',
    ],
    [{ jsonLogic: { '===': [{ var: '' }, { var: '' }] } }, 'flagd may compare the whole context with itself'],
    [{ jsonLogic: { missing: ['a\\b'] } }, 'flagd looks for "a\\b" with its backslashes'],
  ])('leaves out by name a flag with %j', (condition, detail) => {
    const { flags, omitted } = omittedBy(condition);
    expect(Object.keys(flags)).toEqual(['g']);
    expect(omitted).toEqual([{ flag: 'f', detail: `rule "r": ${detail}` }]);
  });

  it('leaves out by name what flagd has no place for', () => {
    const at = state({
      flags: [
        flag('list', { type: 'json', variants: [{ key: 'on', value: [] }], offVariant: null }),
        flag('mixed', { type: 'json', variants: [{ key: 'on', value: {} }, { key: 'off', value: 'x' }] }),
        flag('needs', { prerequisites: [{ flag: 'plain', variants: ['on'] }] }),
        flag('broken', { defaultVariant: 'nobody' }),
        flag('plain'),
      ],
    }); // prettier-ignore
    const { flags, omitted } = exported(at);
    expect(Object.keys(flags)).toEqual(['plain']);
    expect(omitted.map((one) => one.flag)).toEqual(['broken', 'list', 'mixed', 'needs']);
  });

  it('lets a rule for nobody end the evaluation, as here, when its expression has no value', () => {
    const rules = [
      { id: 'r', conditions: [{ jsonLogic: { '>': [{ var: 'age' }, 3] } }], percentage: 0, serve: { variant: 'on' } },
    ];
    expect(exported(state({ flags: [flag('f', { rules })] })).flags['f']?.targeting).toEqual({
      if: [{ and: [{ '>': [{ var: 'age' }, 3] }, false] }, null, null],
    });
  });

  it('says for which contexts flagd differs', () => {
    const { inexact, omitted } = omittedBy({ attribute: 'version', operator: 'semver_greater_than', values: ['1.0.0'] });
    expect(omitted).toEqual([]);
    expect(inexact).toEqual([{ flag: 'f', detail: expect.stringContaining('rule "r": flagd reads a version "1.2"') }]);
  });

  it('names a flag that is off for a context without the key of a bucket, where a bucket is asked', () => {
    const off = { onMissingKey: 'off' as const };
    const SPLIT = { split: [{ variant: 'on', weight: 1 }] };
    const flags = [
      flag('gate', { ...off, percentage: 50 }),
      flag('none', { ...off, percentage: 100, rules: [{ id: 'r', conditions: [], serve: { variant: 'on' } }] }),
      flag('rule', { ...off, rules: [{ id: 'r', conditions: [], percentage: 5, serve: { variant: 'on' } }] }),
      flag('split', { ...off, rules: [{ id: 'r', conditions: [], serve: SPLIT }] }),
    ];
    const { inexact, omitted } = exported(state({ flags }));
    const detail = expect.stringContaining('flagd has no onMissingKey');
    expect([omitted, inexact]).toEqual([[], ['gate', 'rule', 'split'].map((key) => ({ flag: key, detail }))]);
  });

  it('has the segments as evaluators, each complete in itself', () => {
    const segments = [
      segment('staff', [{ segment: 'people' }, { jsonLogic: { ends_with: [{ var: 'email' }, '@x'] } }]),
      segment('people', [{ attribute: 'id', operator: 'exists' }]),
    ];
    const rules = [{ id: 'r', conditions: [{ segment: 'staff' }], serve: { variant: 'on' } }];
    const { $evaluators, flags } = exported(state({ flags: [flag('f', { rules })], segments }));
    expect($evaluators).toEqual({
      staff: { and: [{ '!': [{ '===': [{ var: 'id' }, null] }] }, { ends_with: [{ var: 'email' }, '@x'] }] },
    });
    expect(flags['f']?.targeting).toEqual({ if: [{ $ref: 'staff' }, 'on', null] });
  });

  it('has the same bytes and version while the content is the same', () => {
    const at = state({ flags: [flag('f')] });
    const later = { ...at, revision: at.revision + 1 };
    expect(JSON.stringify(exported(later))).toBe(JSON.stringify(exported(at)));
  });
});

const OPERATORS_OF_FLAGD = [
  'equals', 'not_equals', 'in', 'not_in', 'contains', 'not_contains', 'starts_with', 'ends_with', 'greater_than', 'greater_than_or_equal',
  'less_than', 'less_than_or_equal', 'exists', 'not_exists', 'semver_equals', 'semver_greater_than', 'semver_less_than', 'before', 'after',
].map((operator) => `"operator":"${operator}"`); // prettier-ignore

const PARTS = [
  '"segment":', '"all":', '"any":', '"not":', '"jsonLogic":', '"$ref":', '"targeting":', '"split":', '"bucketBy":', '"negate":true', '"enabled":false',
]; // prettier-ignore

/** Each of these decides, or is part of a flag that decides, in one pair of four hundred at least. */
const COMMON = [
  'STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'TARGETING_KEY_MISSING', 'GENERAL', 'no value', 'value off', 'prepend', 'append',
  'replace', 'weights', 'percentage of a flag', 'percentage of a rule', 'salt', 'no targeting key', 'null', ...PARTS, ...OPERATORS_OF_FLAGD,
]; // prettier-ignore

/** Everything of which the test has to see enough. */
function metBy(
  { resolved: { flag: base, fields, ruleSources } }: CompiledFlag,
  attributes: EvaluationContext,
  answer: Evaluation,
) {
  const rules = fields.rules.value;
  const written = JSON.stringify(rules);
  const partly = (percentage = 100) => percentage > 0 && percentage < 100;
  const met: Record<string, boolean> = {
    [answer.ok ? answer.reason : answer.errorCode]: true,
    'no value': answer.ok && answer.variant === undefined,
    'value off': answer.ok && answer.reason === 'DISABLED' && answer.variant !== undefined,
    weights: fields.variants.value.some(({ weight }) => weight !== undefined),
    'percentage of a flag': partly(fields.percentage.value),
    'percentage of a rule': rules.some((rule) => 'conditions' in rule && partly(rule.percentage)),
    salt: base.salt !== null,
    'no targeting key': !attributes.targetingKey,
    null: Object.values(attributes).includes(null),
    // a rule of the flag behind, or before, one of an environment
    prepend: ruleSources.findIndex(({ kind }) => kind === 'flag') > 0,
    append: ruleSources[0]?.kind === 'flag' && ruleSources.some(({ kind }) => kind === 'environment'),
    replace: ruleSources.length > 0 && ruleSources.every(({ kind }) => kind === 'environment'),
  };
  for (const part of [...PARTS, ...OPERATORS_OF_FLAGD]) met[part] = written.includes(part);
  for (const operator of LOGIC_OPERATORS) met[operator] = written.includes(`{"${operator}":`);
  return Object.keys(met).filter((name) => met[name]);
}

/** What flagd has no word for, it says otherwise: a split is a targeting match, and only what has no value is disabled. */
function asFlagdSays(evaluation: Evaluation): { value: JsonValue | undefined; variant: string | undefined; reason: string } {
  if (!evaluation.ok) return { value: undefined, variant: undefined, reason: 'ERROR' };
  const { reason, variant, value } = evaluation;
  if (variant === undefined) return { value: undefined, variant, reason: reason === 'DISABLED' ? 'DISABLED' : 'DEFAULT' };
  return { value, variant, reason: reason === 'SPLIT' ? 'TARGETING_MATCH' : reason === 'DISABLED' ? 'STATIC' : reason };
}

function byCore(core: FlagdCore, key: string, type: FlagType, attributes: EvaluationContext) {
  const fallbacks = { boolean: true, string: 'no such value', number: NaN, json: { no: 'such value' } } as const;
  const fallback = fallbacks[type];
  const details =
    type === 'boolean'
      ? core.resolveBooleanEvaluation(key, true, attributes as never, silent)
      : type === 'string'
        ? core.resolveStringEvaluation(key, fallbacks.string, attributes as never, silent)
        : type === 'number'
          ? core.resolveNumberEvaluation(key, NaN, attributes as never, silent)
          : core.resolveObjectEvaluation(key, fallbacks.json, attributes as never, silent);
  const { variant, reason } = details;
  const value = variant === undefined ? undefined : (details.value as JsonValue);
  if (variant === undefined) expect(details.value).toEqual(fallback);
  return { value, variant, reason };
}

function flagsSchema() {
  const read = (name: string) => JSON.parse(readFileSync(join(conformance, name), 'utf8')) as object;
  const ajv = new Ajv({ strict: false, logger: false });
  ajv.addSchema(read('targeting.json'));
  return ajv.compile(read('flags.json'));
}
