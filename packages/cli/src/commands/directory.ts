import { defineCommand } from '../command.js';
import { choice, flag, list, number, required, text } from '../parameters.js';

const FILES = text('directory', 'that has the flags; flags/ where it is not given');
const TARGETING_KEY = text('attribute', 'is the targeting key of contexts that have none, such as user_id');

const FINDING = {
  type: 'object',
  required: ['file', 'line', 'column', 'rule', 'severity', 'flag', 'environment', 'message', 'suggestion'],
  properties: {
    file: { type: 'string' },
    line: { type: 'integer', minimum: 1 },
    column: { type: 'integer', minimum: 1 },
    rule: { type: 'string' },
    severity: { enum: ['error', 'warning'] },
    flag: { type: ['string', 'null'] },
    environment: { type: ['string', 'null'] },
    message: { type: 'string' },
    suggestion: { type: ['string', 'null'] },
  },
} as const;

const RESULT = {
  type: 'object',
  required: ['environment', 'flag', 'check', 'context', 'expected', 'variant', 'reason', 'errorCode', 'pass'],
  properties: {
    environment: { type: 'string' },
    flag: { type: 'string' },
    check: { type: ['string', 'null'] },
    context: { type: 'object' },
    expected: { type: ['string', 'null'] },
    variant: { type: ['string', 'null'] },
    reason: { type: 'string' },
    errorCode: { type: ['string', 'null'] },
    pass: { type: 'boolean' },
  },
} as const;

/** What is done with a directory of flags without asking any server. */
export const DIRECTORY_COMMANDS = [
  defineCommand({
    name: 'validate',
    group: 'Files',
    summary: 'Says what is wrong with a directory of flags, and where',
    examples: [
      ['validate', 'all of flags/'],
      ['validate --changed=origin/main --format=github', 'what a pull request changes, as annotations'],
      ['validate --fix', 'writes what warnings propose'],
    ],
    options: {
      files: FILES,
      changed: text('git-ref', 'tells only of files that differ from where this branch left it'),
      fix: flag('writes old expressions in the words of today'),
      maxWarnings: number('count', 'more of them end with 3'),
      format: choice(['text', 'github'] as const, 'how findings are printed'),
    },
    asks: 'nothing',
    exits: { 3: 'more warnings than --max-warnings' },
    answer: {
      type: 'object',
      required: ['format', 'version', 'findings', 'errors', 'warnings', 'files', 'flags', 'fixed'],
      properties: {
        format: { const: 'flagtree-validate' },
        version: { const: 1 },
        findings: { type: 'array', items: FINDING },
        errors: { type: 'integer' },
        warnings: { type: 'integer' },
        files: { type: 'integer' },
        flags: { type: 'integer' },
        fixed: { type: 'array', items: { type: 'string' } },
      },
    },
    load: () => import('./directory/validate.js'),
  }),
  defineCommand({
    name: 'render',
    group: 'Files',
    summary: 'Prints an environment of a directory of flags as flagd evaluates it',
    examples: [
      ['render --env=staging', 'base and tree, resolved'],
      ['render -e prod --files=deploy/flags > flags.json', 'for a flagd of your own'],
    ],
    options: { env: required('environment', 'that is rendered; slug or alias', { short: 'e' }), files: FILES },
    asks: 'nothing',
    answer: { type: 'object', required: ['$schema', 'flags'], properties: { flags: { type: 'object' } } },
    load: () => import('./directory/render.js'),
  }),
  defineCommand({
    name: 'dry-run',
    group: 'Files',
    summary: 'Tries the checks and contexts of a directory of flags, and names the ways that none takes',
    examples: [
      ['dry-run', 'every environment'],
      ['dry-run --env=prod --targeting-key=user_id', 'where contexts have a user_id'],
    ],
    options: {
      env: list('environment', 'only there; slug or alias', { short: 'e' }),
      files: FILES,
      targetingKey: TARGETING_KEY,
      now: text('moment', 'the time that it is for rules that ask; RFC 3339'),
    },
    asks: 'nothing',
    exits: { 1: 'a check does not hold, or an evaluation ended in an error' },
    answer: {
      type: 'object',
      required: ['format', 'version', 'results', 'passed', 'failed', 'unreached', 'withoutKey'],
      properties: {
        format: { const: 'flagtree-dry-run' },
        version: { const: 1 },
        results: { type: 'array', items: RESULT },
        passed: { type: 'integer' },
        failed: { type: 'integer' },
        unreached: { type: 'array', items: { type: 'object' } },
        withoutKey: { type: 'array', items: { type: 'object' } },
      },
    },
    load: () => import('./directory/dry-run.js'),
  }),
];
