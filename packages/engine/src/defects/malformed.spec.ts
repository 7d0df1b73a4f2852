import { describe, expect, it } from '@jest/globals';
import { environmentBySlug } from '../state/chain.js';
import { malformedFields } from './malformed.js';
import { resolveFlag } from '../resolve/resolve.js';
import { flag, override, state } from '../testing/builders.js';
import type { EnvironmentFlag, Flag } from '../types.js';

/** Of flag `f` in production, with fields that no validated write could have put there. */
function found(fields: { [field in keyof Flag]?: unknown }, more: Partial<EnvironmentFlag> = {}, sound?: Set<object>) {
  const one = flag('f', fields as Partial<Flag>);
  const rows = state({ flags: [one], overrides: [override('production', 'f', more)] });
  return malformedFields(resolveFlag(rows, environmentBySlug(rows, 'production')!, one), sound);
}

describe('malformedFields', () => {
  it('finds none in a sound flag', () => {
    expect(found({})).toEqual([]);
    expect(found({ salt: '', defaultVariant: null, offVariant: null })).toEqual([]);
    expect(found({ salt: 'pepper', variants: [{ key: 'on', value: 1 }], type: 'number' })).toEqual([]);
  });

  it.each<[{ [field in keyof Flag]?: unknown }, string]>([
    [{ type: 'colour' }, 'type: the type of a flag is one of boolean, string, number, json'],
    [{ bucketing: 'modulo' }, 'bucketing: the bucketing is one of flagd-v2'],
    [{ salt: 7 }, 'salt: the salt is text or null'],
    [{ salt: undefined }, 'salt: the salt is text or null'],
    [{ onMissingKey: 'on' }, 'onMissingKey: onMissingKey is one of error, off'],
    [{ metadata: { a: [] } }, 'metadata: a member of metadata is text, a number, true or false, not a list (at /a)'],
    [{ metadata: 7 }, 'metadata: metadata is an object like { "team": "checkout" }, not 7'],
    [{ enabled: 1 }, 'enabled: "enabled" is true or false'],
    [{ percentage: '50' }, 'percentage: a percentage is a number from 0 to 100, not "50"'],
    [{ percentage: 33.3333 }, 'percentage: a percentage has at most three decimals, not 33.3333'],
    [{ rules: 'none' }, 'rules: rules are a list'],
    [{ rules: { length: 1 } }, 'rules: rules are a list'],
    [{ rules: [7] }, 'rules: a rule is an object, not a number (at /0)'],
    [{ rules: [{ id: 'a', conditions: [], serve: {} }] }, 'rules: "serve" needs "variant" (at /0/serve/variant)'],
    [
      {
        rules: [
          { id: 'a', targeting: {} },
          { id: '', targeting: 1 },
        ],
      },
      'rules: the id of a rule is 1 to 63 letters, digits, dots, underscores and dashes, the first a letter or digit (at /1/id)',
    ],
    [{ variants: null }, 'variants: variants are a list, not null'],
    [{ variants: [{ key: 'on', value: 'yes' }] }, 'variants: "yes" is not of the flag\'s type, boolean (at /0/value)'],
    [{ defaultVariant: 7 }, 'defaultVariant: it is the key of a variant, or null'],
    [{ offVariant: {} }, 'offVariant: it is the key of a variant, or null'],
    [{ prerequisites: {} }, 'prerequisites: prerequisites are a list, not an object'],
    [{ prerequisites: [{ flag: 'g' }] }, 'prerequisites: a prerequisite needs "variants" (at /0/variants)'],
  ])('names the field and the first of its defects in %j', (fields, expected) => {
    expect(found(fields).map(({ field, detail }) => `${field}: ${detail}`)).toEqual([expected]);
  });

  it('names each field once, in the order of the fields', () => {
    const junk = {
      type: 0,
      bucketing: 0,
      salt: 0,
      onMissingKey: 0,
      metadata: 0,
      enabled: 0,
      percentage: 'x',
      rules: 0,
      variants: [0, 0],
      defaultVariant: 0,
      offVariant: 0,
    };
    expect(found({ ...junk, prerequisites: 0 }).map(({ field }) => field)).toEqual([...Object.keys(junk), 'prerequisites']);
  });

  it('looks for the shape of variants also where the type is none', () => {
    expect(found({ type: 'colour', variants: [{ key: 'on', value: 'red' }] }).map(({ field }) => field)).toEqual(['type']);
    expect(found({ type: 'colour', variants: [{ key: 'on' }] }).map(({ field }) => field)).toEqual(['type', 'variants']);
  });

  it('checks each rule alone, as stored: ids may repeat, and flagd need not have the operands', () => {
    const rule = { id: 'a', targeting: { if: 'x' } };
    const many = Array.from({ length: 150 }, () => ({ ...rule }));
    expect(found({ rules: many }, { rules: many.map((one) => ({ ...one })), rulesMode: 'append' })).toEqual([]);
    const thousand = { any: Array(999).fill({ attribute: 'a', operator: 'exists' }) };
    const big = { id: 'a', conditions: [thousand], serve: { variant: 'on' } };
    expect(found({ rules: [big, { ...big }] })).toEqual([]);
  });

  it('does not look again at rows that were found sound, and again at those that were not', () => {
    const sound = new Set<object>();
    const rule = { id: 'a', conditions: [] as unknown[], serve: { variant: 'on' } };
    const bad = { id: 'b', conditions: [7], serve: { variant: 'on' } };
    const variants = [{ key: 'on', value: true }];
    const prerequisites = [{ flag: 'g', variants: ['on'] }];
    const rows = { rules: [rule, bad], variants, prerequisites };
    expect(found(rows, {}, sound)).toEqual([
      { field: 'rules', detail: 'a condition is an object, not a number (at /1/conditions/0)', at: '/1/conditions/0' },
    ]);
    expect(sound).toEqual(new Set([rule, variants, prerequisites]));
    rule.conditions.push(7);
    variants.pop();
    variants.push(7 as never);
    prerequisites.push(7 as never);
    expect(found(rows, {}, sound)).toEqual([
      { field: 'rules', detail: 'a condition is an object, not a number (at /1/conditions/0)', at: '/1/conditions/0' },
    ]);
    expect(found(rows).map(({ field }) => field)).toEqual(['rules', 'variants', 'prerequisites']);
  });

  it('looks at what is no object each time', () => {
    const sound = new Set<object>();
    expect(found({ rules: ['x', null], variants: 'x', prerequisites: null }, {}, sound)).toHaveLength(3);
    expect(sound).toEqual(new Set());
    expect(found({ rules: ['x', null], variants: 'x', prerequisites: null }, {}, sound)).toHaveLength(3);
  });
});
