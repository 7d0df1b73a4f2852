import { defineCommand, either } from '../command.js';
import { WRITE_OPTIONS } from '../guard/write-options.js';
import { argument, choice, flag, list, object, text } from '../parameters.js';

const FORMAT = choice(['states', 'flagd'], 'states (the default), or one environment as flagd has it');

export const TRANSFER_COMMANDS = [
  defineCommand({
    name: 'export',
    group: 'Files',
    summary: 'Writes states as one JSON document: flags, overrides, environments, segments',
    examples: [
      ['export --out=states.json', 'everything'],
      ["export --flags='billing.*' --sections=flags,overrides", 'a part, to stdout'],
      ['export --format=flagd --env=prod', 'what production serves, for flagd'],
    ],
    options: {
      out: text('path', 'the file; stdout without it'),
      format: FORMAT,
      env: text('environment', 'of --format=flagd', { short: 'e' }),
      flags: list('pattern', 'only flags whose keys fit'),
      tags: list('tag', 'only flags with one of these'),
      environments: list('environment', 'only these'),
      sections: list('section', 'only these parts of the document'),
      archived: flag('archived flags, too'),
    },
    answer: { type: 'object' },
    load: () => import('./transfer/export.js'),
  }),
  defineCommand({
    name: 'import',
    group: 'Files',
    summary: 'Writes states from a document of JSON or YAML, all or nothing',
    examples: [
      ['import states.json --dry-run', 'what it would change'],
      ['import states.json --mode=replace --confirm=production', 'also takes away what the document does not have'],
      ['import flags.json --format=flagd --env=staging', 'a document of flagd'],
    ],
    arguments: { path: argument('path', 'the document; - is stdin') },
    options: {
      format: FORMAT,
      env: text('environment', 'of --format=flagd', { short: 'e' }),
      mode: choice(['merge', 'replace'], 'merge (the default), or replace: what the document does not have goes'),
      lenient: flag('leave out what cannot be expressed, and say so'),
      force: flag('also what only an administrator may take away'),
      ...WRITE_OPTIONS,
    },
    exits: { 1: 'aborted at the question' },
    answer: { type: 'object' },
    load: () => import('./transfer/import.js'),
  }),
  defineCommand({
    name: 'bulk',
    group: 'Change',
    summary: 'Edits many overrides in one change: enable, disable, set, clear or copy',
    examples: [
      ["bulk enable --flags='ui.*' --environments=staging --subtree", 'in staging and all below it'],
      ["bulk set --flags='ui.*' --environments=qa --set='{\"percentage\": 50}'", 'a field of many'],
      ["bulk copy --flags='ui.*' --source=staging --environments=qa --dry-run", 'what staging has, to qa'],
      ["bulk clear --flags='ui.*' --environments=qa", 'lets qa inherit again'],
    ],
    arguments: {
      operation: {
        ...argument('operation', 'what to do'),
        choices: ['enable', 'disable', 'set', 'clear', 'copy'],
      },
    },
    options: {
      flags: list('pattern', 'keys of flags, or patterns'),
      tags: list('tag', 'only flags with one of these'),
      environments: list('environment', 'the environments to write'),
      subtree: flag('and what is below them'),
      set: object('JSON', 'of set: the fields, such as {"percentage": 50}; null inherits'),
      fields: list('field', 'of clear and copy: only these'),
      source: text('environment', 'of copy: where from'),
      mode: choice(['override', 'resolved'], 'of copy: what the source overrides (the default), or what it resolves to'),
      partial: flag('do what can be done, and say what is refused; without it, all or nothing'),
      keep: list('environment', 'these below do not follow; alone, none does'),
      ...WRITE_OPTIONS,
    },
    exits: { 1: 'aborted at the question' },
    answer: either('BulkResult', 'DryRun'),
    load: () => import('./transfer/bulk.js'),
  }),
];
