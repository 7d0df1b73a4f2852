import { defineCommand } from '../command.js';
import { argument, flag, list } from '../parameters.js';

const PROFILE = {
  type: 'object',
  required: ['profile', 'url'],
  properties: { profile: { type: 'string' }, url: { type: 'string' } },
} as const;

export const SETUP_COMMANDS = [
  defineCommand({
    name: 'login',
    group: 'Server',
    summary: 'Keeps the address and the token of a server as a profile, once the server has answered to them',
    examples: [
      ['login --url=https://flags.example.com', 'asks for the token, and does not show it'],
      ['login --url=https://flags.example.com --profile=work --token-file=- <token.txt', 'in a script'],
    ],
    options: { insecure: flag('send the token over http:// to another machine') },
    asks: 'anyone',
    exits: { 1: 'aborted at the question' },
    answer: PROFILE,
    load: () => import('./setup/login.js'),
  }),
  defineCommand({
    name: 'logout',
    group: 'Server',
    summary: 'Forgets a profile and its token',
    examples: [['logout work', 'the token itself goes on: flagtree token revoke ends it']],
    arguments: { name: argument('profile', 'its name') },
    asks: 'nothing',
    answer: { type: 'object', required: ['forgotten'], properties: { forgotten: { type: 'string' } } },
    load: () => import('./setup/logout.js'),
  }),
  defineCommand({
    name: 'config list',
    group: 'Server',
    summary: 'Shows which server is asked, as whom, and who says so',
    examples: [['config list', 'of the directory where you are']],
    asks: 'anyone',
    answer: {
      type: 'object',
      required: ['settings', 'profiles'],
      properties: {
        settings: {
          type: 'object',
          additionalProperties: { type: ['object', 'null'], required: ['value', 'from'] },
        },
        profiles: { type: 'array', items: PROFILE },
      },
    },
    load: () => import('./setup/config-list.js'),
  }),
  defineCommand({
    name: 'config use',
    group: 'Server',
    summary: 'Takes a profile from now on',
    examples: [['config use work', 'where nothing else says which']],
    arguments: { name: argument('profile', 'its name') },
    asks: 'nothing',
    answer: PROFILE,
    load: () => import('./setup/config-use.js'),
  }),
  defineCommand({
    name: 'doctor',
    group: 'Server',
    summary: 'Looks for what is wrong between you and the server, and says what to do',
    examples: [['doctor', 'address, connection, token, role, clock, version, database, proxy']],
    asks: 'anyone',
    exits: { 1: 'something is wrong' },
    answer: {
      type: 'object',
      required: ['healthy', 'findings'],
      properties: {
        healthy: { type: 'boolean' },
        findings: {
          type: 'array',
          items: {
            type: 'object',
            required: ['subject', 'state', 'detail'],
            properties: {
              subject: { type: 'string' },
              state: { enum: ['good', 'warning', 'wrong'] },
              detail: { type: 'string' },
              remedy: { type: 'string' },
            },
          },
        },
      },
    },
    load: () => import('./setup/doctor.js'),
  }),
  defineCommand({
    name: 'backup',
    group: 'Server',
    summary: 'Writes a backup of the database, a private one included, of the server that is installed here',
    examples: [
      ['backup flagtree.gz', 'everything, history and digests of tokens included'],
      ['backup "flagtree-$(date +%F).gz"', 'every night'],
    ],
    arguments: { path: argument('path', 'a file that is not there yet') },
    asks: 'nothing',
    exits: { 1: 'there is no backup' },
    answer: { type: 'object', required: ['path'], properties: { path: { type: 'string' } } },
    load: () => import('./setup/backup.js'),
  }),
  defineCommand({
    name: 'restore-backup',
    group: 'Server',
    summary: 'Fills an empty database from a backup, for the server that is installed here',
    examples: [
      ['restore-backup flagtree.gz --confirm=flagtree.gz', 'into an empty database'],
      ['restore-backup flagtree.gz --replace', 'asks: what the database holds is deleted first'],
    ],
    arguments: { path: argument('path', 'the backup') },
    options: {
      replace: flag('delete what the database holds first; stop its servers before'),
      confirm: list('name', 'say yes to exactly this, as scripts do: the name of the file'),
    },
    asks: 'nothing',
    exits: { 1: 'nothing was restored' },
    answer: { type: 'object', required: ['restored'], properties: { restored: { type: 'string' } } },
    load: () => import('./setup/restore-backup.js'),
  }),
];
