import { component, defineCommand, listOf } from '../command.js';
import { choice, flag, number, text } from '../parameters.js';

const ACTIONS = [
  'enable',
  'disable',
  'archive',
  'promote',
  'revert',
  'import',
  'restore',
  'created',
  'updated',
  'deleted',
] as const;

export const AUDIT_COMMANDS = [
  defineCommand({
    name: 'audit',
    group: 'Look',
    summary: 'Lists audit entries, newest first',
    examples: [
      ['audit --flag=ui.dark_mode', 'what was done to a flag'],
      ['audit --env=prod --action=disable --since=2026-11-01T00:00:00Z', 'what was turned off in production'],
      ['audit --limit=1000 --json', 'for a report'],
    ],
    options: {
      flag: text('flag', 'only those of this flag'),
      env: text('environment', 'only those of this environment', { short: 'e' }),
      actor: text('name', 'only what this one did'),
      action: choice(ACTIONS, 'only this'),
      since: text('time', 'only from then on (RFC 3339)'),
      until: text('time', 'only before then (RFC 3339)'),
      limit: number('count', 'how many; 20 without it', { least: 1 }),
    },
    answer: listOf('AuditEntry'),
    load: () => import('./audit/list.js'),
  }),
  defineCommand({
    name: 'audit verify',
    group: 'Look',
    summary: 'Works out the hash chain of the whole log anew, and holds the tables against it',
    examples: [['audit verify', 'ends with 1 where something was changed past the log']],
    options: { strict: flag('warnings count, too') },
    exits: { 1: 'the log does not hold' },
    answer: component('AuditVerification'),
    load: () => import('./audit/verify.js'),
  }),
];
