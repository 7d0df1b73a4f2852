import { component, defineCommand, either, listOf } from '../command.js';
import { WRITE_OPTIONS } from '../guard/write-options.js';
import { argument, flag, list, object, optionalArgument, someArguments, text } from '../parameters.js';

const ENVIRONMENT = argument('environment', 'slug, alias or id of an environment');

export const ENVIRONMENT_COMMANDS = [
  defineCommand({
    name: 'env list',
    group: 'Look',
    summary: 'Lists the environments',
    examples: [['env list', 'all environments by slug']],
    options: { search: text('text', 'only those whose slug or name holds this') },
    answer: listOf('Environment'),
    load: () => import('./environment/list.js'),
  }),
  defineCommand({
    name: 'env tree',
    group: 'Look',
    summary: 'Draws the tree of environments: who inherits from whom',
    examples: [
      ['env tree', 'the whole tree'],
      ['env tree staging', 'staging, and what is below it'],
    ],
    arguments: { root: optionalArgument('environment', 'only this one and what is below it') },
    answer: listOf('Environment'),
    load: () => import('./environment/tree.js'),
  }),
  defineCommand({
    name: 'env chain',
    group: 'Look',
    summary: 'Lists an environment, its parent, …, its root: the order in which a field is looked up',
    examples: [['env chain development', 'where development inherits from']],
    arguments: { environment: ENVIRONMENT },
    answer: listOf('Environment'),
    load: () => import('./environment/chain.js'),
  }),
  defineCommand({
    name: 'env create',
    group: 'Change',
    summary: 'Creates an environment: one row, nothing is copied',
    examples: [
      ['env create pr-42 --parent=staging --expires-at=2026-12-24T00:00:00Z', 'for a pull request'],
      ['env create eu --parent=production --alias=europe', 'with another name'],
    ],
    arguments: { slug: argument('slug', 'its name in paths and headers') },
    options: {
      parent: text('environment', 'what it inherits from; without it, it is a root'),
      title: text('text', 'its name for people'),
      alias: list('name', 'its other names'),
      description: text('text', 'for people'),
      expiresAt: text('time', 'when it has served its purpose (RFC 3339)'),
      settings: object('JSON', 'its settings, such as {"protected": true}'),
      ...WRITE_OPTIONS,
    },
    answer: either('Environment', 'DryRun'),
    load: () => import('./environment/create.js'),
  }),
  defineCommand({
    name: 'env update',
    group: 'Change',
    summary: 'Edits an environment; what is not named stays',
    examples: [
      ['env update staging parent=production', 'hangs it under another one'],
      ['env update staging \'settings={"protected": true}\' --confirm=staging', 'protects it, and all below it'],
      ['env update pr-42 isActive=false', 'out of use, for now'],
    ],
    arguments: {
      environment: ENVIRONMENT,
      edits: someArguments(
        'field=value',
        'name, description, url, aliases, parent, settings, expiresAt, isActive; values are JSON or text',
      ),
    },
    options: WRITE_OPTIONS,
    answer: either('Environment', 'DryRun'),
    load: () => import('./environment/update.js'),
  }),
  defineCommand({
    name: 'env delete',
    group: 'Change',
    summary: 'Deletes an environment; the audit log keeps it for flagtree env restore',
    examples: [
      ['env delete pr-42 --confirm=pr-42', 'one that has neither children nor overrides'],
      ['env delete pr-42 --force --dry-run', 'what would be lost with its overrides'],
    ],
    arguments: { environment: ENVIRONMENT },
    options: { force: flag('with its overrides; its children go to its parent'), ...WRITE_OPTIONS },
    exits: { 1: 'aborted at the question' },
    answer: {
      anyOf: [{ type: 'object', required: ['deleted'], properties: { deleted: { type: 'string' } } }, component('DryRun')],
    },
    load: () => import('./environment/delete.js'),
  }),
  defineCommand({
    name: 'env restore',
    group: 'Change',
    summary: 'Brings a deleted environment back, with the overrides that were deleted with it',
    examples: [['env restore pr-42', 'as it was']],
    arguments: { environment: argument('environment', 'slug that it had') },
    options: { force: flag('its former children hang under it again'), ...WRITE_OPTIONS },
    answer: either('RestoredEnvironment', 'DryRun'),
    load: () => import('./environment/restore.js'),
  }),
];
