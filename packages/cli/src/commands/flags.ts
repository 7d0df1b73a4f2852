import { component, defineCommand, either, listOf } from '../command.js';
import { WRITE_OPTIONS } from '../guard/write-options.js';
import { anyArguments, argument, flag, list, number, required, someArguments, text } from '../parameters.js';

const KEY = argument('flag', 'key of a flag');
const KEYS = someArguments('flag', 'keys of flags, or patterns such as ui.*');
const KEEP = list('environment', 'these below it do not follow; alone, none does');
const TURN = {
  env: list('environment', 'where; slug, alias or id', { short: 'e' }),
  keep: KEEP,
  ...WRITE_OPTIONS,
};
const AT_PLACE = required('environment', 'where; slug, alias or id', { short: 'e' });
const ENV = text('environment', 'as it is in this environment; slug, alias or id', { short: 'e' });

export const FLAG_COMMANDS = [
  defineCommand({
    name: 'flag list',
    group: 'Look',
    summary: 'Lists flags; with --env as they are there',
    examples: [
      ['flag list --env=production', 'every flag as production has it'],
      ['flag list --tag=billing --json', 'for a script'],
    ],
    options: {
      env: ENV,
      search: text('text', 'only those whose key, name or description holds this'),
      tag: text('tag', 'only those with this tag'),
      owner: text('owner', 'only those of this owner'),
      archived: flag('only archived ones'),
    },
    answer: listOf('Flag'),
    load: () => import('./flag/list.js'),
  }),
  defineCommand({
    name: 'flag get',
    group: 'Look',
    summary: 'Shows a flag; with --env as it is there, and where each field comes from',
    examples: [
      ['flag get ui.dark_mode', 'its base'],
      ['flag get ui.dark_mode --env=staging', 'what holds in staging'],
      ['flag get ui.dark_mode -e prod --at=2026-11-01T12:00:00Z', 'what held in production then'],
    ],
    arguments: { key: KEY },
    options: { env: ENV, at: text('moment', 'a time (RFC 3339) or a revision in the past') },
    answer: component('Flag'),
    load: () => import('./flag/get.js'),
  }),
  defineCommand({
    name: 'flag create',
    group: 'Change',
    summary: 'Creates a flag; it is off unless you say otherwise',
    examples: [
      ['flag create ui.dark_mode', 'a switch'],
      [
        'flag create shop.layout type=string \'variants=[{"key":"a","value":"list"},{"key":"b","value":"grid"}]\' defaultVariant=a',
        'with variants',
      ],
    ],
    arguments: {
      key: argument('flag', 'its key'),
      fields: anyArguments('field=value', 'fields of the flag; values are JSON, text, or @file'),
    },
    options: WRITE_OPTIONS,
    answer: either('Flag', 'DryRun'),
    load: () => import('./flag/create.js'),
  }),
  defineCommand({
    name: 'flag set',
    group: 'Change',
    summary: 'Sets fields of a flag: of its base, or with --env of that environment',
    examples: [
      ['flag set ui.dark_mode percentage=20 --env=staging', 'a fifth of staging, and of what inherits from it'],
      ['flag set ui.dark_mode rules=@rules.json -e staging -n', 'what these rules would change'],
      ['flag set ui.dark_mode owner=team-web', 'of the flag itself'],
    ],
    arguments: {
      key: KEY,
      fields: someArguments('field=value', 'values are JSON, text, or @file; null inherits'),
    },
    options: { env: ENV, keep: KEEP, ...WRITE_OPTIONS },
    exits: { 1: 'aborted at the question' },
    answer: either('Flag', 'DryRun'),
    load: () => import('./flag/set.js'),
  }),
  defineCommand({
    name: 'flag enable',
    group: 'Change',
    summary: 'Turns flags on in environments',
    examples: [
      ['flag enable ui.dark_mode --env=staging', 'in staging, and what inherits from it'],
      ['flag enable ui.dark_mode --env=prod --confirm=prod --reason="GA"', 'in a script'],
    ],
    arguments: { keys: KEYS },
    options: TURN,
    exits: { 1: 'aborted at the question' },
    answer: either('Flag', 'BulkResult', 'DryRun'),
    load: () => import('./flag/enable.js'),
  }),
  defineCommand({
    name: 'flag disable',
    group: 'Change',
    summary: 'Turns flags off in environments',
    examples: [
      ['flag disable ui.problem_feature --env=prod --reason="Incident #123"', 'asks, since prod is protected'],
      ["flag disable 'ui.*' --env=staging,qa", 'many at once'],
    ],
    arguments: { keys: KEYS },
    options: TURN,
    exits: { 1: 'aborted at the question' },
    answer: either('Flag', 'BulkResult', 'DryRun'),
    load: () => import('./flag/disable.js'),
  }),
  defineCommand({
    name: 'flag inherit',
    group: 'Change',
    summary: 'Lets an environment inherit a flag again: all of it, or some fields',
    examples: [
      ['flag inherit ui.dark_mode --env=development', 'takes its override away'],
      ['flag inherit ui.dark_mode --env=development --fields=percentage', 'this field alone'],
    ],
    arguments: { key: KEY },
    options: { env: AT_PLACE, fields: list('field', 'only these'), keep: KEEP, ...WRITE_OPTIONS },
    exits: { 1: 'aborted at the question' },
    answer: either('Flag', 'DryRun'),
    load: () => import('./flag/inherit.js'),
  }),
  defineCommand({
    name: 'flag explain',
    group: 'Look',
    summary: 'Explains what a context gets from a flag: every step that leads to the value',
    examples: [['flag explain ui.dark_mode -e prod --context=\'{"plan": "beta"}\'', 'why']],
    arguments: { key: KEY },
    options: {
      env: AT_PLACE,
      context: text('JSON', 'the evaluation context, or @file'),
      targetingKey: text('key', 'its targetingKey'),
      at: text('moment', 'a time (RFC 3339) or a revision in the past'),
    },
    answer: component('Explanation'),
    load: () => import('./flag/explain.js'),
  }),
  defineCommand({
    name: 'flag archive',
    group: 'Change',
    summary: 'Archives a flag: it is evaluated no more, and flagtree flag restore brings it back',
    examples: [['flag archive ui.old_menu --confirm=ui.old_menu', 'in a script']],
    arguments: { key: KEY },
    options: WRITE_OPTIONS,
    exits: { 1: 'aborted at the question' },
    answer: {
      anyOf: [{ type: 'object', required: ['archived'], properties: { archived: { type: 'string' } } }, component('DryRun')],
    },
    load: () => import('./flag/archive.js'),
  }),
  defineCommand({
    name: 'flag history',
    group: 'Look',
    summary: 'Lists what was done to a flag, newest first',
    examples: [
      ['flag history ui.dark_mode', 'the last 20 changes'],
      ['flag history ui.dark_mode --env=prod --limit=100', 'those of production'],
    ],
    arguments: { key: KEY },
    options: { env: ENV, limit: number('count', 'how many; 20 without it', { least: 1 }) },
    answer: listOf('AuditEntry'),
    load: () => import('./flag/history.js'),
  }),
  defineCommand({
    name: 'flag restore',
    group: 'Change',
    summary: 'Brings an archived flag back; with --at, takes a flag back to what it was',
    examples: [
      ['flag restore ui.old_menu', 'out of the archive'],
      ['flag restore ui.dark_mode --at=1203', 'as it was at revision 1203, everywhere'],
      ['flag restore ui.dark_mode --at=2026-11-01T12:00:00Z --env=staging', 'its override in staging'],
    ],
    arguments: { key: KEY },
    options: { at: text('moment', 'a time (RFC 3339) or a revision'), env: ENV, ...WRITE_OPTIONS },
    exits: { 1: 'aborted at the question' },
    answer: either('Flag', 'Restoration', 'DryRun'),
    load: () => import('./flag/restore.js'),
  }),
];
