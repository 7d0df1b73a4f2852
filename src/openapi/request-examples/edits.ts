import type { Examples } from './examples.js';

const BETA_RULE = {
  id: 'beta',
  conditions: [{ attribute: 'plan', operator: 'in', values: ['beta'] }],
  serve: { variant: 'on' },
};

/** Bodies of requests that make or edit one thing. */
export const EDITS: Record<string, Examples> = {
  'flags.create': {
    boolean: {
      summary: 'A boolean flag, which is off',
      value: { key: 'new-checkout-flow', description: 'The checkout on one page', tags: ['checkout'] },
    },
    text: {
      summary: 'Texts, split by weight',
      value: {
        key: 'button-colour',
        type: 'string',
        enabled: true,
        variants: [
          { key: 'red', value: '#e00', weight: 90 },
          { key: 'green', value: '#0a0', weight: 10 },
        ],
        defaultVariant: 'red',
      },
    },
  },
  'flags.update': {
    override: {
      summary: 'Turn it on in one environment',
      value: { enabled: true, environment: 'staging', reason: 'beta test' },
    },
    base: { summary: 'Edit the base', value: { description: 'The new checkout', tags: ['checkout'] } },
  },
  'environmentFlags.put': {
    beta: { summary: 'On for beta testers', value: { enabled: true, percentage: 0, rules: [BETA_RULE], reason: 'beta test' } },
    on: { summary: 'On; inherit all else', value: { enabled: true } },
  },
  'environmentFlags.update': {
    percentage: { summary: 'For a quarter of the users', value: { percentage: 25, reason: 'roll out' } },
    inherit: { summary: 'Inherit a field again', value: { percentage: null } },
  },
  'environments.create': {
    child: {
      summary: 'One for a pull request',
      value: { slug: 'pr-42', name: 'Pull request 42', parent: 'staging' },
    },
  },
  'environments.update': {
    name: { summary: 'Another name', value: { name: 'Staging', description: 'What is shown to customers next' } },
  },
  'environments.restore': {
    formerParent: { summary: 'Below its former parent', value: { reason: 'deleted too early' } },
    otherParent: { summary: 'Below another one', value: { parent: 'staging' } },
  },
  'segments.create': {
    beta: {
      summary: 'Beta testers',
      value: { key: 'beta-testers', name: 'Beta testers', conditions: [BETA_RULE.conditions[0]] },
    },
  },
  'segments.update': {
    conditions: {
      summary: 'Other conditions',
      value: { conditions: [{ attribute: 'plan', operator: 'in', values: ['beta', 'staff'] }] },
    },
  },
  'checks.put': {
    beta: {
      summary: 'Beta testers get it in staging',
      value: { environment: 'staging', context: { targetingKey: 'user-1', plan: 'beta' }, variant: 'on' },
    },
  },
  'pipelines.put': {
    main: {
      summary: 'Development, staging, production',
      value: {
        direction: 'forward',
        steps: [
          { environment: 'development' },
          { environment: 'staging' },
          { environment: 'production', gates: [{ gate: 'reason' }] },
        ],
      },
    },
  },
  'tokens.create': {
    client: { summary: 'For an application', value: { name: 'checkout-service', kind: 'client', environments: ['production'] } },
    admin: {
      summary: 'For a pipeline in CI',
      value: { name: 'ci', kind: 'admin', role: 'developer', environments: ['staging'] },
    },
  },
};
