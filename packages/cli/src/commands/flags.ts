import { component, defineCommand, listOf } from '../command.js';
import { argument, flag, text } from '../parameters.js';

const KEY = argument('flag', 'key of a flag');
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
];
