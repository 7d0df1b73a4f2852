import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { compileEnvironment, evaluate, type State } from '../engine/index.js';
import type { Snapshot } from '../engine/snapshot.js';
import { flag, segment, state } from '../engine/testing/builders.js';
import type { Condition, Evaluation, EvaluationContext, FlagType, JsonValue } from '../engine/types.js';
import { exportFlagd } from './export-flagd.js';
import { context, forest } from './testing/forests.js';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const conformance = resolve(process.env['FLAGTREE_CONFORMANCE_DIR'] ?? '../shared/conformance', 'flagd-schemas');

function snapshotIn(at: State, slug = 'production'): Snapshot {
  return compileEnvironment(
    at,
    [...at.environments.values()].find((one) => one.slug === slug)!,
  );
}

const exported = (at: State, slug?: string) => exportFlagd(snapshotIn(at, slug), at.segments);
const PAIRS = 12_000;

describe('a flagd export', () => {
  it(`is evaluated by flagd-core to the same value, variant and reason (${PAIRS} pairs)`, () => {
    const seed = fc.readConfigureGlobal().seed ?? Date.now() % 2 ** 31;
    process.stdout.write(`flagd export, seed ${seed} (PROPERTY_SEED)\n`);
    const reasons = new Map<string, number>();
    let pairs = 0;
    for (let round = 0; pairs < PAIRS; round++) {
      const [at] = fc.sample(forest, { seed: seed + round, numRuns: 1 }) as [State];
      const contexts = fc.sample(context, { seed: seed + round, numRuns: 12 });
      for (const { slug } of at.environments.values()) {
        const snapshot = snapshotIn(at, slug);
        const document = exportFlagd(snapshot, at.segments);
        const core = new FlagdCore(new MemoryStorage(silent), silent);
        core.setConfigurations(JSON.stringify(document));
        expect(document.omitted).toEqual([]);
        for (const one of snapshot.flags.values()) {
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
            reasons.set(ours.reason, (reasons.get(ours.reason) ?? 0) + 1);
            pairs++;
          }
        }
      }
    }
    for (const reason of ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'DISABLED', 'ERROR'])
      expect(reasons.get(reason) ?? 0).toBeGreaterThan(50);
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

  it('says for which contexts flagd differs', () => {
    const { inexact, omitted } = omittedBy({ attribute: 'version', operator: 'semver_greater_than', values: ['1.0.0'] });
    expect(omitted).toEqual([]);
    expect(inexact).toEqual([{ flag: 'f', detail: expect.stringContaining('rule "r": flagd reads a version "1.2"') }]);
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
