import { component, defineCommand, either, listOf } from '../command.js';
import { WRITE_OPTIONS } from '../guard/write-options.js';
import { argument, choice, flag, list, text } from '../parameters.js';

const ID = argument('id', 'public id of a token, which stands behind its kind');

export const TOKEN_COMMANDS = [
  defineCommand({
    name: 'token list',
    group: 'Server',
    summary: 'Lists tokens, revoked ones included, without their secrets',
    examples: [['token list', 'who may call']],
    answer: listOf('Token'),
    load: () => import('./token/list.js'),
  }),
  defineCommand({
    name: 'token create',
    group: 'Server',
    summary: 'Creates a token; it is shown this once, alone on stdout',
    examples: [
      ['token create shop --kind=client --environments=production', 'for a service'],
      ['token create ci --role=promoter --out=token.txt', 'for a pipeline, into a file that only you can read'],
    ],
    arguments: { name: argument('name', 'what the audit log calls it') },
    options: {
      kind: choice(['admin', 'client', 'browser'], 'admin with --role; client without it'),
      role: choice(['viewer', 'developer', 'promoter', 'admin'], 'what an admin token may do'),
      environments: list('environment', 'where it counts; what is not named is not reached'),
      includeDescendants: flag('and below these'),
      flagTags: list('tag', 'of a browser token: only flags with one of these'),
      expiresAt: text('time', 'when it ends (RFC 3339)'),
      out: text('path', 'write the token there, and not to stdout'),
      ...WRITE_OPTIONS,
    },
    answer: either('IssuedToken', 'DryRun'),
    load: () => import('./token/create.js'),
  }),
  defineCommand({
    name: 'token get',
    group: 'Server',
    summary: 'Shows a token, without its secret',
    examples: [['token get 0123456789ab', 'by its public id']],
    arguments: { id: ID },
    answer: component('Token'),
    load: () => import('./token/get.js'),
  }),
  defineCommand({
    name: 'token rotate',
    group: 'Server',
    summary: 'Gives a token a new secret; the old one stops working at once',
    examples: [['token rotate 0123456789ab --confirm=0123456789ab --out=token.txt', 'in a script']],
    arguments: { id: ID },
    options: { out: text('path', 'write the token there, and not to stdout'), ...WRITE_OPTIONS },
    exits: { 1: 'aborted at the question' },
    answer: either('IssuedToken', 'DryRun'),
    load: () => import('./token/rotate.js'),
  }),
  defineCommand({
    name: 'token revoke',
    group: 'Server',
    summary: 'Ends a token at once, for good',
    examples: [['token revoke 0123456789ab --confirm=0123456789ab', 'in a script']],
    arguments: { id: ID },
    options: WRITE_OPTIONS,
    exits: { 1: 'aborted at the question' },
    answer: {
      anyOf: [{ type: 'object', required: ['revoked'], properties: { revoked: { type: 'string' } } }, component('DryRun')],
    },
    load: () => import('./token/revoke.js'),
  }),
];
