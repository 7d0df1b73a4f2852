import { init, integrations } from '@launchdarkly/node-server-sdk';

const CLAUSES = {
  in: 'in',
  equals: 'in',
  semver_greater_than: 'semVerGreaterThan',
  starts_with: 'startsWith',
  ends_with: 'endsWith',
};

function flagOf({ key, rules, rollout }) {
  return {
    key,
    version: 1,
    on: true,
    variations: [true, false],
    offVariation: 1,
    salt: key,
    prerequisites: [],
    targets: [],
    contextTargets: [],
    rules: rules.map(({ attribute, operator, values }, i) => ({
      id: `r${String(i)}`,
      variation: 0,
      clauses: [{ contextKind: 'user', attribute, op: CLAUSES[operator], values, negate: false }],
    })),
    fallthrough:
      rollout === null
        ? { variation: rules.length > 0 ? 1 : 0 }
        : {
            rollout: {
              contextKind: 'user',
              variations: [
                { variation: 0, weight: rollout * 1000 },
                { variation: 1, weight: 100_000 - rollout * 1000 },
              ],
            },
          },
  };
}

export default {
  name: '@launchdarkly/node-server-sdk',
  supports: () => true,
  load: async (flags) => {
    const data = new integrations.TestData();
    for (const flag of flags) data.usePreconfiguredFlag(flagOf(flag));
    const client = init('sdk-bench', {
      updateProcessor: data.getFactory(),
      sendEvents: false,
      diagnosticOptOut: true,
      logger: { error() {}, warn() {}, info() {}, debug() {} },
    });
    await client.waitForInitialization({ timeout: 10 });
    return {
      contextOf: (user) => ({ kind: 'user', ...user }),
      one: (key, context) => client.boolVariation(key, context, false),
      all: (context) => client.allFlagsState(context),
      close: () => client.close(),
    };
  },
};
