import { component, defineCommand } from '../command.js';
import { anyArguments, argument, choice, flag, required, text } from '../parameters.js';

const ENV = required('environment', 'where; slug, alias or id', { short: 'e' });
const CONTEXT = {
  context: text('JSON', 'the evaluation context, or @file'),
  targetingKey: text('key', 'its targetingKey'),
};

export const EVALUATION_COMMANDS = [
  defineCommand({
    name: 'eval',
    group: 'Look',
    summary: 'Evaluates flags for a context, as an application would',
    examples: [
      ['eval ui.dark_mode --env=prod --targeting-key=user-1', 'one flag for one user'],
      ['eval -e staging --context=\'{"plan": "beta"}\' --json', 'all flags, for a script'],
    ],
    arguments: { keys: anyArguments('flag', 'keys of flags; all without it') },
    options: { env: ENV, ...CONTEXT, at: text('moment', 'a time (RFC 3339) or a revision in the past') },
    asks: 'anyone',
    exits: { 1: 'a flag could not be evaluated' },
    answer: component('Evaluation'),
    load: () => import('./evaluation/evaluate.js'),
  }),
  defineCommand({
    name: 'explain',
    group: 'Look',
    summary: 'Explains what a context gets from a flag: flagtree flag explain by its short name',
    examples: [['explain ui.dark_mode -e prod --targeting-key=user-1', 'why this user gets that']],
    arguments: { key: argument('flag', 'key of a flag') },
    options: { env: ENV, ...CONTEXT, at: text('moment', 'a time (RFC 3339) or a revision in the past') },
    answer: component('Explanation'),
    load: () => import('./flag/explain.js'),
  }),
  defineCommand({
    name: 'snapshot',
    group: 'Files',
    summary: 'Writes all that a client needs to evaluate an environment by itself: its bootstrap file',
    examples: [['snapshot --env=prod --out=flags.json', 'when the service is built']],
    options: { env: ENV, out: text('path', 'the file; stdout without it') },
    asks: 'anyone',
    answer: component('Snapshot'),
    load: () => import('./evaluation/snapshot.js'),
  }),
  defineCommand({
    name: 'stream',
    group: 'Look',
    summary: 'Prints what changes in an environment, as it happens, until Ctrl-C',
    examples: [
      ['stream --env=staging', 'a line for each event'],
      ['stream -e prod --json', 'a JSON document in each line'],
    ],
    options: { env: ENV, once: flag('end after the first event') },
    asks: 'anyone',
    lines: true,
    answer: {
      type: 'object',
      required: ['event', 'id', 'data'],
      properties: { event: { type: 'string' }, id: { type: ['string', 'null'] }, data: {} },
    },
    load: () => import('./evaluation/stream.js'),
  }),
  defineCommand({
    name: 'types',
    group: 'Files',
    summary: 'Writes the flags as TypeScript, for defineFlags of @flagtree/client',
    examples: [
      ['types --out=src/feature-flags.gen.ts', 'definitions with their fallbacks'],
      ['types --out=src/feature-flags.gen.ts --check', 'in a pipeline: ends with 3 where the file is not as it would be written'],
      ['types --form=interface', 'key and type of each, for defineFlags<FeatureFlags>()'],
    ],
    options: {
      out: text('path', 'the file; stdout without it'),
      form: choice(['definitions', 'interface'], 'what to write; definitions without it'),
      tag: text('tag', 'only flags with this tag'),
      check: flag('write nothing: say whether the file is as it would be written'),
    },
    exits: { 3: '--check: the file is another one' },
    answer: {
      type: 'object',
      required: ['flags', 'text'],
      properties: { flags: { type: 'integer' }, text: { type: 'string' }, current: { type: 'boolean' } },
    },
    load: () => import('./evaluation/types.js'),
  }),
];
