import type { Examples } from './examples.js';

/** Bodies of requests that change many things at once. */
export const MOVES: Record<string, Examples> = {
  'flags.promote': {
    plan: { summary: 'Ask what it would do', value: { from: 'staging', to: 'production', dryRun: true } },
    promote: { summary: 'Promote', value: { from: 'staging', to: 'production', reason: 'tested for a week' } },
  },
  'promotions.create': {
    one: {
      summary: 'Flags by their keys',
      value: { flags: ['new-checkout-flow'], from: 'staging', to: 'production', reason: 'tested for a week' },
    },
    pattern: { summary: 'Flags by a pattern', value: { flags: ['ui.*'], from: 'staging', to: 'production', dryRun: true } },
  },
  'promotions.revert': {
    all: { summary: 'All of it', value: { reason: 'more errors than before' } },
    rest: { summary: 'What nobody has changed since', value: { withoutConflicts: true } },
  },
  'bulk.run': {
    disable: {
      summary: 'Turn a family of flags off',
      value: { operation: 'disable', flags: ['new-checkout*'], environments: ['staging'], reason: 'Incident 123' },
    },
    copy: {
      summary: 'Give one environment all that another has',
      value: { operation: 'copy', from: 'staging', environments: ['development'], mode: 'resolved' },
    },
    clear: {
      summary: 'Inherit again, as far as it goes',
      value: { operation: 'clear', tags: ['checkout'], environments: ['staging'], subtree: true, atomic: false },
    },
  },
  'history.restore': {
    environment: {
      summary: 'The overrides of an environment and those below, as they were at a revision',
      value: { subtree: 'staging', at: 1, dryRun: true },
    },
    flag: {
      summary: 'A flag, as it was at a moment',
      value: { flag: 'new-checkout-flow', at: '2026-11-20T12:00:00Z', reason: 'undo' },
    },
  },
  'import.run': {
    states: {
      summary: 'One flag',
      value: {
        format: 'flagtree-states',
        version: 2,
        flags: [{ key: 'new-search', variants: [{ key: 'on', value: true }] }],
      },
    },
  },
};
