import { defineCommand } from '../command.js';
import { anyArguments, argument, flag } from '../parameters.js';

export const HELP_COMMANDS = [
  defineCommand({
    name: 'help',
    group: 'Server',
    summary: 'Explains a command or a topic: exit-codes, environment, scripts',
    examples: [
      ['help promote', 'as flagtree promote --help'],
      ['help exit-codes', 'what the numbers mean'],
    ],
    arguments: { words: anyArguments('word', 'a command or a topic') },
    asks: 'nothing',
    answer: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
    load: () => import('./help/help.js'),
  }),
  defineCommand({
    name: 'completion',
    group: 'Server',
    summary: 'Prints what makes a shell complete commands and options',
    examples: [
      ['completion bash >~/.local/share/bash-completion/completions/flagtree', 'bash'],
      ['completion zsh >"${fpath[1]}/_flagtree"', 'zsh'],
      ['completion fish >~/.config/fish/completions/flagtree.fish', 'fish'],
    ],
    arguments: { shell: { ...argument('shell', 'which one'), choices: ['bash', 'zsh', 'fish'] } },
    asks: 'nothing',
    answer: {
      type: 'object',
      required: ['shell', 'script'],
      properties: { shell: { type: 'string' }, script: { type: 'string' } },
    },
    load: () => import('./help/completion.js'),
  }),
  defineCommand({
    name: 'schema',
    group: 'Server',
    summary: 'Prints the JSON Schema of what a command prints with --json',
    examples: [
      ['schema flag get', 'of one command'],
      ['schema --all', 'of every command, by its name'],
    ],
    arguments: { words: anyArguments('word', 'the command') },
    options: { all: flag('of every command') },
    asks: 'nothing',
    answer: { type: 'object' },
    load: () => import('./help/schema.js'),
  }),
];
