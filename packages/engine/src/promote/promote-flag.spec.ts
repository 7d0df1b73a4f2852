import { describe, expect, it } from '@jest/globals';
import { planPromotion } from './promotion-plan.js';
import type { OverrideContent } from '../resolve/overrides.js';
import type { PromotionMode, TargetValues } from './promote-flag.js';
import { serveOn } from '../testing/answers.js';
import { environment, flag, override, state } from '../testing/builders.js';
import { promotionOrder } from '../testing/promotions.js';
import { type EnvironmentFlag, type Flag, FLAG_FIELDS, type FlagField, type Rule } from '../types.js';
import { MAX_RULES } from '../validate/rules/validate-rules.js';

const rules = (...ids: string[]): Rule[] => ids.map((id) => serveOn(id));
const other = (id: string): Rule => serveOn(id, [], { serve: { variant: 'off' } });

interface Given {
  base?: Partial<Flag>;
  /** Of the environment above the source, of the source, of the one above the target, and of the target. */
  aboveSource?: Partial<EnvironmentFlag>;
  source?: Partial<EnvironmentFlag>;
  above?: Partial<EnvironmentFlag>;
  target?: Partial<EnvironmentFlag>;
  mode?: PromotionMode;
  with?: TargetValues;
}

function plan(
  { base, aboveSource, source, above, target, mode = 'override', with: values = {} }: Given,
  fields: readonly FlagField[] = FLAG_FIELDS,
) {
  const places = { 'above-source': aboveSource, source, above, target };
  const at = state({
    environments: [
      environment('above-source'),
      environment('source', 'above-source'),
      environment('above'),
      environment('target', 'above'),
    ],
    flags: [flag('f', base)],
    overrides: Object.entries(places).flatMap(([slug, row]) => (row ? [override(slug, 'f', row)] : [])),
  });
  return planPromotion(at, promotionOrder({ from: 'source', to: ['target'], mode, with: values, fields }));
}

/** The target's override afterwards; undefined: it is left as it is. */
const written = (given: Given): OverrideContent | null | undefined => plan(given).rows.map(({ after }) => after)[0];

describe('the fields of a promoted flag', () => {
  it.each<[string, Given, OverrideContent | null | undefined]>([
    ['are set where the target would have others', { source: { percentage: 5 } }, { percentage: 5 }],
    ['are cleared where it would inherit them', { source: { percentage: 100 }, target: { percentage: 5 } }, null],
    [
      'are cleared where an override above gives them',
      { source: { percentage: 5 }, above: { percentage: 5 }, target: { percentage: 20, enabled: true } },
      { enabled: true },
    ],
    ['are left where the target has them', { source: { percentage: 5 }, target: { percentage: 5, reason: 'why' } }, undefined],
    ['are left where it inherits them', { source: { percentage: 5 }, above: { percentage: 5 } }, undefined],
    [
      'are left where the source does not override them',
      { source: { enabled: false }, target: { enabled: false, percentage: 5 } },
      undefined,
    ],
    [
      'leave the reason of the target',
      { source: { percentage: 5 }, target: { reason: 'why' } },
      { percentage: 5, reason: 'why' },
    ],
    [
      'are with mode resolved all that the source gives',
      {
        mode: 'resolved',
        aboveSource: { percentage: 5, enabled: false },
        above: { percentage: 7 },
        target: { offVariant: 'on' },
      },
      { enabled: false, percentage: 5 },
    ],
    [
      'clear with mode resolved what only the target has',
      { mode: 'resolved', target: { offVariant: 'on', reason: 'why' } },
      null,
    ],
    [
      'are variants, too, the default and the off variant',
      { source: { variants: [], defaultVariant: 'off', offVariant: 'on' } },
      { variants: [], defaultVariant: 'off', offVariant: 'on' },
    ],
  ])('%s', (_what, given, after) => expect(written(given)).toEqual(after));

  it('are none without an override of the source, whatever the target has', () => {
    expect(plan({ aboveSource: { percentage: 5 }, target: { percentage: 7 } })).toMatchObject({ rows: [], obstacles: [] });
  });

  it('cannot be a variant that the source has not, where an ancestor of the target has one', () => {
    expect(plan({ mode: 'resolved', base: { offVariant: null }, above: { offVariant: 'off' } })).toMatchObject({
      rows: [],
      obstacles: [
        {
          environment: 'target',
          flag: 'f',
          field: 'offVariant',
          detail:
            'source has no offVariant for f, and an override of target cannot say "none" where it inherits one; or leave offVariant out of fields',
        },
      ],
    });
    const own = plan({ mode: 'resolved', base: { offVariant: null }, target: { offVariant: 'off' } });
    expect(own).toMatchObject({ rows: [{ after: null }], obstacles: [] });
  });
});

describe('the rules of a promoted flag', () => {
  const base = { rules: rules('base') };

  it.each<[string, Given, OverrideContent | null | undefined]>([
    [
      'replace those of the target, its own included',
      { base, source: { rules: rules('new') }, target: { rules: rules('own'), rulesMode: 'append' } },
      { rules: rules('new'), rulesMode: 'replace' },
    ],
    ['can be none', { base, source: { rules: [] } }, { rules: [], rulesMode: 'replace' }],
    [
      'stay added to what the target inherits',
      { base, source: { rules: rules('new'), rulesMode: 'prepend' }, above: { rules: rules('above') } },
      { rules: rules('new'), rulesMode: 'prepend' },
    ],
    [
      'are added behind those that the target adds itself',
      { base, source: { rules: rules('new'), rulesMode: 'append' }, target: { rules: rules('own'), rulesMode: 'append' } },
      { rules: rules('own', 'new'), rulesMode: 'append' },
    ],
    [
      'are added before those that the target adds itself',
      { base, source: { rules: rules('new'), rulesMode: 'prepend' }, target: { rules: rules('own'), rulesMode: 'prepend' } },
      { rules: rules('new', 'own'), rulesMode: 'prepend' },
    ],
    [
      'are written out where no addition comes to the same',
      { base, source: { rules: rules('new'), rulesMode: 'prepend' }, target: { rules: rules('own'), rulesMode: 'append' } },
      { rules: rules('new', 'base', 'own'), rulesMode: 'replace' },
    ],
    [
      'take the place of those of the same id',
      { source: { rules: [other('b'), other('c')], rulesMode: 'append' }, target: { rules: rules('a', 'b') } },
      { rules: [...rules('a'), other('b'), other('c')], rulesMode: 'replace' },
    ],
    [
      'take the place of those of the same id also when they are put first',
      { source: { rules: [other('b'), other('c')], rulesMode: 'prepend' }, target: { rules: rules('a', 'b') } },
      { rules: [other('c'), ...rules('a'), other('b')], rulesMode: 'replace' },
    ],
    [
      'are cleared where the target would inherit the same',
      { base, source: { rules: rules('base') }, target: { rules: rules('own') } },
      null,
    ],
    [
      'are left where the target comes to the same in its own way',
      {
        base,
        source: { rules: rules('base', 'new') },
        target: { rules: rules('new'), rulesMode: 'append' },
      },
      undefined,
    ],
    [
      'are left where the target has those that are added',
      { base, source: { rules: rules('new'), rulesMode: 'append' }, target: { rules: rules('base', 'new') } },
      undefined,
    ],
    [
      'are with mode resolved all that the source comes to, added where that is the same',
      { mode: 'resolved', base, source: { rules: rules('new'), rulesMode: 'append' }, target: { rules: rules('own') } },
      { rules: rules('new'), rulesMode: 'append' },
    ],
    [
      'are with mode resolved written out where the target inherits others',
      { mode: 'resolved', base, source: { rules: rules('new'), rulesMode: 'append' }, above: { rules: rules('above') } },
      { rules: rules('base', 'new'), rulesMode: 'replace' },
    ],
    [
      'are with mode resolved those from above the source',
      { mode: 'resolved', base, aboveSource: { rules: rules('new') } },
      { rules: rules('new'), rulesMode: 'replace' },
    ],
  ])('%s', (_what, given, after) => expect(written(given)).toEqual(after));

  const why = (reason: string) => [
    {
      environment: 'target',
      flag: 'f',
      field: 'rules',
      detail: `the rules that target would need for f cannot be its own: ${reason}; or leave rules out of fields`,
    },
  ];

  it('cannot be one override when an id is among them twice', () => {
    const twice = plan({
      mode: 'resolved',
      aboveSource: { rules: rules('same') },
      source: { rules: [other('same'), other('more')], rulesMode: 'prepend' },
    });
    expect(twice).toMatchObject({
      rows: [],
      obstacles: why(
        'there would be two rules of the same id, "same", and an override holds each id once: give one of them another id',
      ),
    });
  });

  it('cannot be one override when they are too many, and are no obstacle where none is written', () => {
    const many = rules(...Array.from({ length: MAX_RULES }, (_, index) => `r${index}`));
    const added: Given = { base: { rules: many }, source: { rules: rules('new'), rulesMode: 'append' }, above: { rules: [] } };
    expect(plan({ ...added, mode: 'resolved', target: { percentage: 5 } }, ['rules'])).toMatchObject({
      rows: [],
      obstacles: why(`there would be ${MAX_RULES + 1} of them, and an override has at most ${MAX_RULES}`),
    });
    const same: Given = { base: { rules: many }, source: { rules: rules('new'), rulesMode: 'append' }, mode: 'resolved' };
    expect(plan(same)).toMatchObject({ rows: [{ after: { rules: rules('new'), rulesMode: 'append' } }], obstacles: [] });
  });
});

describe('mode exact', () => {
  it.each<[string, Given, OverrideContent | null | undefined]>([
    [
      'makes the override that of the source, with what it leaves to inheritance',
      { source: { percentage: 5, reason: 'trial' }, target: { percentage: 7, enabled: false, reason: 'old' } },
      { percentage: 5, reason: 'trial' },
    ],
    [
      'clears nothing for being equal to what is inherited',
      { source: { percentage: 100, enabled: true } },
      { percentage: 100, enabled: true },
    ],
    [
      'leaves rules the layer that they are',
      { base: { rules: rules('base') }, source: { rules: rules('new'), rulesMode: 'append' }, target: { rules: rules('own') } },
      { rules: rules('new'), rulesMode: 'append' },
    ],
    [
      'leaves a target that has the same, whatever its reason',
      { source: { percentage: 5 }, target: { percentage: 5, reason: 'x' } },
      undefined,
    ],
    ['takes a value given instead as it is', { source: { percentage: 50 }, with: { percentage: 100 } }, { percentage: 100 }],
  ])('%s', (_what, given, after) => expect(written({ ...given, mode: 'exact' })).toEqual(after));

  it('takes some fields, and leaves the others to the target', () => {
    const given: Given = {
      mode: 'exact',
      source: { percentage: 5 },
      target: { enabled: false, offVariant: 'on', percentage: 7 },
    };
    expect(plan(given, ['percentage', 'offVariant']).rows[0]?.after).toEqual({ enabled: false, percentage: 5 });
  });
});

describe("values given instead of the source's", () => {
  it.each<[string, Given, OverrideContent | null | undefined]>([
    [
      'are set',
      { mode: 'resolved', aboveSource: { percentage: 100 }, above: { percentage: 50 }, with: { percentage: 5 } },
      { percentage: 5 },
    ],
    [
      'are cleared where the target would inherit them',
      { mode: 'resolved', target: { percentage: 7 }, with: { percentage: 100 } },
      null,
    ],
    ['inherit with null', { source: { percentage: 5 }, target: { percentage: 7 }, with: { percentage: null } }, null],
    ['are false, too', { source: { enabled: true }, with: { enabled: false } }, { enabled: false }],
    [
      'can be rules, and a layer of them',
      { base: { rules: rules('base') }, source: { enabled: false }, with: { rules: rules('new'), rulesMode: 'prepend' } },
      { enabled: false, rules: rules('new'), rulesMode: 'prepend' },
    ],
    [
      'are cleared as a layer that adds nothing',
      { source: { percentage: 5 }, with: { rules: [], rulesMode: 'append' } },
      { percentage: 5 },
    ],
  ])('%s', (_what, given, after) => expect(written(given)).toEqual(after));

  it('count whether or not the fields name them', () => {
    expect(plan({ source: { enabled: false, percentage: 50 }, with: { percentage: 5 } }, ['enabled']).rows[0]?.after).toEqual({
      enabled: false,
      percentage: 5,
    });
  });

  it('are none for a flag that the source does not override, in the modes that take its override', () => {
    for (const mode of ['override', 'exact'] as const) {
      expect(plan({ mode, aboveSource: { percentage: 50 }, with: { percentage: 5 } })).toMatchObject({
        rows: [],
        skipped: ['f'],
      });
    }
  });
});
