import { component, defineCommand, listOf } from '../command.js';
import { WRITE_OPTIONS } from '../guard/write-options.js';
import { OVERRIDE_FIELDS } from '../flag-fields.js';
import { argument, choice, flag, list, number, type Options, someArguments, text } from '../parameters.js';

const WITH: Options = Object.fromEntries(
  OVERRIDE_FIELDS.map((field) => [
    `with.${field}`,
    text('JSON', `the target gets this ${field}, and not the source's; null inherits`),
  ]),
);

const PROMOTION_EXITS = {
  1: 'aborted at the question',
  3: 'a dry run that would be blocked',
  4: 'refused by the server, or blocked by a gate',
  7: 'waits for approval',
} as const;

const COMPARISON = {
  arguments: { from: argument('from', 'one environment'), to: argument('to', 'the other one') },
  options: {
    key: text('pattern', 'only flags whose key fits, such as ui.*'),
    tag: text('tag', 'only flags with this tag'),
    owner: text('owner', 'only flags of this owner'),
    onlyOverrides: flag('only what one of them overrides itself'),
    at: text('moment', 'the first one as it was then: a time or a revision'),
    toAt: text('moment', 'the second one as it was then'),
    exitZero: flag('end with 0 also where they differ'),
  },
  exits: { 3: 'they differ' },
  answer: component('Comparison'),
  load: () => import('./promotion/compare.js'),
} as const;

export const PROMOTION_COMMANDS = [
  defineCommand({
    name: 'promote',
    group: 'Change',
    summary: 'Promotes flags: what one environment serves, another one serves too',
    examples: [
      ['promote ui.new_feature dev..staging', 'the short form'],
      ['promote ui.new_feature --from=staging --to=prod', 'asks, since prod is protected'],
      ["promote 'ui.*' --from=staging --to=prod --dry-run", 'what it would change; ends with 3 where it would be blocked'],
      ['promote ui.new_feature staging..prod --percentage=5 --confirm=prod', 'begins with a twentieth'],
    ],
    arguments: { flags: someArguments('flag', 'keys of flags, or patterns such as ui.*; last may stand <from>..<to>') },
    options: {
      from: text('environment', 'the environment to promote from'),
      to: list('environment', 'the environments to promote to'),
      fields: list('field', 'only these: enabled, percentage, rules, variants, defaultVariant, offVariant'),
      mode: choice(
        ['resolved', 'override', 'exact'],
        'what the source resolves to (the default); what it overrides; its override as it is',
      ),
      percentage: text('number', 'the target starts with this percentage'),
      ...WITH,
      keep: list('environment', 'these below the target do not follow; alone, none does'),
      prune: flag('remove overrides of the source that it would inherit now'),
      dependencies: choice(
        ['block', 'include', 'ignore'],
        'prerequisites that the target has differently: block (the default), include or ignore them',
      ),
      planId: text('id', 'do exactly what a dry run said, or nothing'),
      ...WRITE_OPTIONS,
    },
    exits: PROMOTION_EXITS,
    answer: component('Promotion'),
    load: () => import('./promotion/promote.js'),
  }),
  defineCommand({
    name: 'promotions',
    group: 'Look',
    summary: 'Lists promotions and reverts, newest first',
    examples: [
      ['promotions --flag=ui.new_feature', 'where it has been promoted'],
      ['promotions --env=prod --since=2026-11-01T00:00:00Z', 'what came to production'],
    ],
    options: {
      flag: text('flag', 'only those of this flag'),
      env: text('environment', 'only those to this environment', { short: 'e' }),
      since: text('time', 'only those from then on (RFC 3339)'),
      limit: number('count', 'how many; 20 without it', { least: 1 }),
    },
    answer: listOf('Promotion'),
    load: () => import('./promotion/list.js'),
  }),
  defineCommand({
    name: 'promotions get',
    group: 'Look',
    summary: 'Shows one promotion: what it wrote, and what that changed',
    examples: [['promotions get 01985f4e-…', 'by its id']],
    arguments: { id: argument('id', 'of the promotion') },
    answer: component('Promotion'),
    load: () => import('./promotion/get.js'),
  }),
  defineCommand({
    name: 'promotions revert',
    group: 'Change',
    summary: 'Takes a promotion back',
    examples: [['promotions revert 01985f4e-… --reason="Incident #123"', 'asks where it reaches what is protected']],
    arguments: { id: argument('id', 'of the promotion') },
    options: { withoutConflicts: flag('leave fields that somebody has changed since'), ...WRITE_OPTIONS },
    exits: PROMOTION_EXITS,
    answer: component('Promotion'),
    load: () => import('./promotion/revert.js'),
  }),
  defineCommand({
    name: 'compare',
    group: 'Look',
    summary: 'Compares what two environments, or two moments, serve',
    examples: [
      ['compare staging prod', 'ends with 3 where they differ'],
      ["compare staging prod --key='ui.*' --exit-zero", 'for a report'],
      ['compare prod prod --at=1203', 'what has changed since revision 1203'],
    ],
    ...COMPARISON,
  }),
  defineCommand({
    name: 'env diff',
    group: 'Look',
    summary: 'Compares what two environments serve: flagtree compare by another name',
    examples: [['env diff staging prod', 'ends with 3 where they differ']],
    ...COMPARISON,
  }),
];
