import { GrowthBookClient } from '@growthbook/growthbook';

const CONDITIONS = {
  in: ({ attribute, values }) => ({ [attribute]: { $in: values } }),
  equals: ({ attribute, values }) => ({ [attribute]: values[0] }),
  semver_greater_than: ({ attribute, values }) => ({ [attribute]: { $vgt: values[0] } }),
  starts_with: ({ attribute, values }) => ({ [attribute]: { $regex: `^${values[0]}` } }),
  ends_with: ({ attribute, values }) => ({ [attribute]: { $regex: `${values[0].replaceAll('.', '\\.')}$` } }),
};

function featureOf({ key, rules, rollout }) {
  if (rollout !== null) {
    return {
      defaultValue: false,
      rules: [{ force: true, coverage: rollout / 100, hashAttribute: 'id', seed: key, hashVersion: 2 }],
    };
  }
  if (rules.length === 0) return { defaultValue: true };
  return { defaultValue: false, rules: rules.map((rule) => ({ condition: CONDITIONS[rule.operator](rule), force: true })) };
}

export default {
  name: '@growthbook/growthbook',
  supports: () => true,
  load: async (flags) => {
    const client = new GrowthBookClient().initSync({
      payload: { features: Object.fromEntries(flags.map((flag) => [flag.key, featureOf(flag)])) },
    });
    const keys = flags.map((flag) => flag.key);
    return {
      contextOf: ({ key, ...attributes }) => ({ attributes: { id: key, ...attributes } }),
      one: (key, context) => client.evalFeature(key, context).on,
      all: (context) => keys.map((key) => client.evalFeature(key, context)),
      close: () => client.destroy(),
    };
  },
};
