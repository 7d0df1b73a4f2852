import { InMemStorageProvider, Unleash } from 'unleash-client';

const CONSTRAINTS = {
  in: ({ attribute, values }) => ({ contextName: attribute, operator: 'IN', values }),
  equals: ({ attribute, values }) => ({ contextName: attribute, operator: 'IN', values }),
  semver_greater_than: ({ attribute, values }) => ({
    contextName: attribute,
    operator: 'SEMVER_GT',
    value: values[0],
    values: [],
  }),
  starts_with: ({ attribute, values }) => ({ contextName: attribute, operator: 'STR_STARTS_WITH', values }),
  ends_with: ({ attribute, values }) => ({ contextName: attribute, operator: 'STR_ENDS_WITH', values }),
};

function strategiesOf({ key, rules, rollout }) {
  if (rollout !== null) {
    const parameters = { groupId: key, rollout: String(rollout), stickiness: 'userId' };
    return [{ name: 'flexibleRollout', parameters, constraints: [] }];
  }
  if (rules.length === 0) return [{ name: 'default', parameters: {}, constraints: [] }];
  return rules.map((rule) => ({ name: 'default', parameters: {}, constraints: [CONSTRAINTS[rule.operator](rule)] }));
}

export default {
  name: 'unleash-client',
  supports: () => true,
  load: async (flags) => {
    const unleash = new Unleash({
      appName: 'bench',
      url: 'http://127.0.0.1:9/',
      refreshInterval: 0,
      disableMetrics: true,
      disableAutoStart: true,
      skipInstanceCountWarning: true,
      storageProvider: new InMemStorageProvider(),
      bootstrap: {
        data: flags.map((flag) => ({
          name: flag.key,
          type: 'release',
          enabled: true,
          project: 'default',
          stale: false,
          impressionData: false,
          variants: [],
          strategies: strategiesOf(flag),
        })),
      },
    });
    unleash.on('error', () => undefined);
    unleash.on('warn', () => undefined);
    const ready = new Promise((resolve) => unleash.once('ready', resolve));
    void unleash.start();
    await ready;
    const keys = flags.map((flag) => flag.key);
    return {
      contextOf: ({ key, ...properties }) => ({ userId: key, properties }),
      one: (key, context) => unleash.isEnabled(key, context),
      all: (context) => keys.map((key) => unleash.isEnabled(key, context)),
      close: () => unleash.destroy(),
    };
  },
};
