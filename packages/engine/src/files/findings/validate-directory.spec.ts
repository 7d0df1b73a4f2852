import { describe, expect, it } from '@jest/globals';
import { environmentBySlug } from '../../state/chain.js';
import type { JsonValue } from '../../types.js';
import { dryRun } from '../dry-run/dry-run.js';
import { render } from '../merge/render.js';
import type { Finding, SourceFile } from '../words.js';
import { validateDirectory } from './validate-directory.js';

const KEY = 'platform.billing.new-invoicing';
const flags = (entry: JsonValue, key = KEY): JsonValue => ({ flags: { [key]: entry } });
const BASE: JsonValue = {
  state: 'DISABLED',
  variants: { on: true, off: false },
  defaultVariant: 'off',
  targeting: {},
  owner: 'team-billing',
};
const legacy = (on: number): JsonValue => ({ fractionalEvaluation: [KEY, [['on', on], ['off', 100 - on]]] }); // prettier-ignore
const inTypes = (types: string[]): JsonValue => ({ in: [{ var: 'account_type' }, types] });

const GUIDE: SourceFile[] = [
  { path: '_base/platform.billing.yaml', content: flags(BASE) },
  { path: 'dev/platform.billing.yaml', content: flags({ state: 'ENABLED', defaultVariant: 'on' }) },
  {
    path: 'staging/platform.billing.yaml',
    content: flags({
      state: 'ENABLED',
      defaultVariant: 'off',
      targeting: { if: [inTypes(['internal', 'beta']), 'on', legacy(50)] },
    }),
  },
  {
    path: 'prod/platform.billing.yaml',
    content: flags({
      state: 'ENABLED',
      defaultVariant: 'off',
      targeting: { if: [{ and: [{ '!': [inTypes(['enterprise'])] }, legacy(5)] }, 'on', 'off'] },
    }),
  },
];
const TREE: SourceFile = {
  path: 'environments.yaml',
  content: {
    source: 'shop',
    environments: {
      production: { aliases: ['prod'] },
      staging: { parent: 'prod' },
      development: { aliases: ['dev'], parent: 'staging' },
    },
  },
};

const errors = (files: SourceFile[]): [string, string, string][] =>
  validateDirectory(files).findings.filter(({ severity }) => severity === 'error').map(({ file, pointer, rule }) => [file, pointer, rule]); // prettier-ignore
const rules = (findings: readonly Finding[]) => findings.map(({ file, rule }) => `${file} ${rule}`);

/** The base and one more file. */
const beside = (path: string, content: JsonValue): SourceFile[] => [
  { path: '_base/a.yaml', content: flags(BASE) },
  { path, content },
];

function shareOfOn(files: SourceFile[], slug: string, accountType: string, of = 4_000): number {
  const contexts = Array.from({ length: of }, (_, at) => ({ targetingKey: `user-${at}`, account_type: accountType }));
  const { directory, state } = validateDirectory([...files, { path: 'checks/a.yaml', content: { contexts } }]);
  const { results } = dryRun(directory, state, { now: 0, environments: [slug] });
  expect(results).toHaveLength(of);
  return results.filter(({ variant }) => variant === 'on').length / of;
}

describe('validateDirectory', () => {
  it('takes the files of the guide, with a warning and the modern text for each old expression', () => {
    const { findings } = validateDirectory(GUIDE);
    expect(rules(findings)).toEqual([
      'prod/platform.billing.yaml legacy-fractional',
      'staging/platform.billing.yaml legacy-fractional',
    ]);
    expect(findings[0]?.suggestion).toEqual({
      at: `/flags/${KEY}/targeting/if/0/and/1`,
      value: { '===': [{ fractional: [['on', 5], ['off', 95]] }, 'on'] }, // prettier-ignore
    });
  });

  it('gives 5 % of those who are no enterprise in production, 50 % in staging, and everybody in dev', () => {
    expect(shareOfOn(GUIDE, 'prod', 'standard')).toBeCloseTo(0.05, 1);
    expect(shareOfOn(GUIDE, 'prod', 'enterprise')).toBe(0);
    expect(shareOfOn(GUIDE, 'staging', 'standard')).toBeCloseTo(0.5, 1);
    expect(shareOfOn(GUIDE, 'dev', 'enterprise')).toBe(1);
  });

  it('refuses the same written with the modern operator, which is true for everybody', () => {
    const modern = {
      if: [
        {
          and: [
            { '!': [inTypes(['enterprise'])] },
            {
              fractional: [
                ['on', 5],
                ['off', 95],
              ],
            },
          ],
        },
        'on',
        'off',
      ],
    };
    const files = beside('prod/a.yaml', flags({ targeting: modern as JsonValue }));
    expect(errors(files)).toEqual([['prod/a.yaml', `/flags/${KEY}/targeting/if/0/and/1/fractional`, 'always-true']]);
  });

  it('renders what the guide says it means, to be read by flagd', () => {
    const { state } = validateDirectory(GUIDE);
    const document = render(state, environmentBySlug(state, 'prod') as never);
    expect(document.omitted).toEqual([]);
    expect(document.flags[KEY]).toEqual({
      state: 'ENABLED',
      variants: { on: true, off: false },
      defaultVariant: 'off',
      targeting: {
        if: [
          {
            and: [
              { '!': [inTypes(['enterprise'])] },
              {
                '===': [
                  {
                    fractional: [
                      ['on', 5],
                      ['off', 95],
                    ],
                  },
                  'on',
                ],
              },
            ],
          },
          'on',
          'off',
        ],
      },
      metadata: { owner: 'team-billing' },
    });
  });

  it('knows, with the tree, what is inherited anyway', () => {
    const { findings } = validateDirectory([...GUIDE, TREE]);
    const redundant = findings.filter(({ rule }) => rule === 'redundant-override');
    expect(redundant.map(({ file, pointer }) => `${file} ${pointer.split('/').at(-1) as string}`).sort()).toEqual([
      'dev/platform.billing.yaml state',
      'prod/platform.billing.yaml defaultVariant',
      'staging/platform.billing.yaml defaultVariant',
      'staging/platform.billing.yaml state',
    ]);
  });

  it.each<[string, SourceFile[], [string, string, string][]]>([
    ['a flag that stands twice', beside('_base/b.yaml', flags(BASE)), [['_base/b.yaml', `/flags/${KEY}`, 'duplicate']]],
    ['a flag that is not in _base', beside('prod/a.yaml', flags({ state: 'ENABLED' }, 'other')), [['prod/a.yaml', '/flags/other', 'flag-not-found']]],
    ['a misspelt member', beside('prod/a.yaml', flags({ stat: 'ENABLED' })), [['prod/a.yaml', `/flags/${KEY}/stat`, 'unknown-property']]],
    ['null in an environment', beside('prod/a.yaml', flags({ defaultVariant: null })), [['prod/a.yaml', `/flags/${KEY}/defaultVariant`, 'null']]],
    ['a default variant that there is not', beside('prod/a.yaml', flags({ defaultVariant: 'onn' })), [['prod/a.yaml', `/flags/${KEY}/defaultVariant`, 'unknown-variant']]],
    ['an expression that names one', beside('prod/a.yaml', flags({ targeting: { if: [true, 'onn'] } })), [['prod/a.yaml', `/flags/${KEY}/targeting/if/1`, 'unknown-variant']]],
    ['two ways to say rules', beside('prod/a.yaml', flags({ targeting: {}, rules: [] })), [['prod/a.yaml', `/flags/${KEY}/targeting`, 'two-rules']]],
    ['weights that are not 100', beside('prod/a.yaml', flags({ targeting: { fractionalEvaluation: [KEY, ['on', 5], ['off', 5]] } })), [['prod/a.yaml', `/flags/${KEY}/targeting/fractionalEvaluation`, 'bad-operands']]],
    ['a directory that is no environment', [...beside('prdo/a.yaml', flags({ state: 'ENABLED' })), TREE], [['prdo/a.yaml', '', 'unknown-environment']]],
    ['two directories of one environment', [...beside('prod/a.yaml', flags({})), TREE, { path: 'production/a.yaml', content: flags({}) }], [['production/a.yaml', '', 'two-directories']]],
    ['a check of a variant that there is not', beside('checks/a.yaml', { checks: { [KEY]: { one: { variant: 'onn' } } } }), [['checks/a.yaml', `/checks/${KEY}/one/variant`, 'unknown-variant']]],
    ['a token', beside('prod/a.yaml', flags({ reason: 'ft_admin_abc_0123456789abcdef' })), [['prod/a.yaml', `/flags/${KEY}/reason`, 'secret-in-file']]],
    ['a prerequisite of itself', [{ path: '_base/a.yaml', content: flags({ ...(BASE as object), prerequisites: [{ flag: KEY, variants: ['on'] }] }) }, { path: 'prod/a.yaml', content: flags({}) }], [['_base/a.yaml', `/flags/${KEY}/prerequisites`, 'prerequisite-cycle']]],
    ['an environment below itself', [{ path: 'environments.yaml', content: { environments: { a: { parent: 'b' }, b: { parent: 'a' } } } }], [['environments.yaml', '/environments/a/parent', 'environment-cycle']]],
    ['what is told of a flag, told otherwise', beside('prod/a.yaml', flags({ owner: 'others' })), [['prod/a.yaml', `/flags/${KEY}/owner`, 'not-here']]],
    ['a list where a file is an object', beside('prod/a.yaml', []), [['prod/a.yaml', '', 'wrong-type']]],
  ])('refuses %s, and says where', (_, files, expected) => {
    expect(errors(files)).toEqual(expected);
  }); // prettier-ignore

  it('holds keys, owners and attributes against the policy, and lets it decide what is an error', () => {
    const policy: JsonValue = {
      keys: '^[a-z]+$',
      require: ['description'],
      attributes: { account_type: 'any' },
      rules: { 'unknown-attribute': 'error', 'legacy-fractional': 'off' },
    };
    const files = [...GUIDE, { path: 'policy.yaml', content: policy }];
    files.push({
      path: 'eu/a.yaml',
      content: flags({ targeting: { if: [{ in: [{ var: 'acount_type' }, ['x']] }, 'on', 'off'] } }),
    });
    expect(rules(validateDirectory(files).findings)).toEqual([
      '_base/platform.billing.yaml key-pattern',
      '_base/platform.billing.yaml required-field',
      'eu/a.yaml unknown-attribute',
    ]);
  });

  it('tells of a dry run each check, and the ways that no context takes', () => {
    const checks: JsonValue = {
      checks: {
        [KEY]: {
          internal: { environment: 'staging', context: { account_type: 'internal' }, variant: 'on' },
          wrong: { environment: 'staging', context: { account_type: 'internal' }, variant: 'off' },
        },
      },
    };
    const { directory, state } = validateDirectory([...GUIDE, { path: 'checks/a.yaml', content: checks }]);
    const { results, unreached } = dryRun(directory, state, { now: 0, environments: ['staging'] });
    expect(results.map(({ check, variant, pass }) => [check, variant, pass])).toEqual([['internal', 'on', true], ['wrong', 'on', false]]); // prettier-ignore
    expect(unreached.map(({ branch }) => branch)).toEqual([
      'targeting/if/2/fractional/0/0 → on',
      'targeting/if/2/fractional/1/0 → off',
      'default',
    ]);
  });

  it('takes an attribute as the targeting key of contexts that have none', () => {
    const contexts = Array.from({ length: 200 }, (_, at) => ({ user_id: `u-${at}`, account_type: 'standard' }));
    const { directory, state } = validateDirectory([...GUIDE, { path: 'checks/a.yaml', content: { contexts } }]);
    const bare = dryRun(directory, state, { now: 0, environments: ['staging'] });
    expect(new Set(bare.results.map(({ variant }) => variant))).toEqual(new Set(['off']));
    expect(bare.withoutKey).toEqual([{ environment: 'staging', contexts: 200 }]);
    const keyed = dryRun(directory, state, { now: 0, environments: ['staging'], targetingKey: 'user_id' });
    expect(new Set(keyed.results.map(({ variant }) => variant))).toEqual(new Set(['on', 'off']));
    expect(keyed.withoutKey).toEqual([]);
  });
});
