import type { Examples } from './examples.js';

const CONTEXT = { targetingKey: 'user-123', plan: 'beta' };

/** Bodies of requests that change nothing. */
export const READS: Record<string, Examples> = {
  'evaluation.evaluate': {
    some: { summary: 'Some flags', value: { context: CONTEXT, flags: ['new-checkout-flow'] } },
    all: { summary: 'All flags', value: { context: CONTEXT } },
  },
  'ofrep.evaluateFlag': {
    user: { summary: 'For a user', value: { context: CONTEXT } },
    nobody: { summary: 'For nobody in particular', value: { context: {} } },
  },
  'ofrep.evaluateFlagsBulk': {
    user: { summary: 'For a user', value: { context: CONTEXT } },
    nobody: { summary: 'For nobody in particular', value: { context: {} } },
  },
  'flags.explain': {
    user: { summary: 'For a user', value: { environment: 'staging', context: CONTEXT } },
  },
};
