import { defineCommand, listOf } from '../command.js';
import { argument, optionalArgument, text } from '../parameters.js';

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
];
