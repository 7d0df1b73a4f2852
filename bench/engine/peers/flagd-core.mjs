import { FlagdCore } from '@openfeature/flagd-core';

const NO_LOG = { error() {}, warn() {}, info() {}, debug() {} };

const CONDITIONS = {
  in: ({ attribute, values }) => ({ in: [{ var: attribute }, values] }),
  equals: ({ attribute, values }) => ({ '===': [{ var: attribute }, values[0]] }),
  semver_greater_than: ({ attribute, values }) => ({ sem_ver: [{ var: attribute }, '>', values[0]] }),
  starts_with: ({ attribute, values }) => ({ starts_with: [{ var: attribute }, values[0]] }),
  ends_with: ({ attribute, values }) => ({ ends_with: [{ var: attribute }, values[0]] }),
};

function targetingOf({ rules, rollout }) {
  if (rollout !== null) return { fractional: [['on', rollout], ['off', 100 - rollout]] }; // prettier-ignore
  if (rules.length === 0) return {};
  return { if: [...rules.flatMap((rule) => [CONDITIONS[rule.operator](rule), 'on']), 'off'] };
}

export default {
  name: '@openfeature/flagd-core',
  supports: () => true,
  load: async (flags) => {
    const core = new FlagdCore(undefined, NO_LOG);
    const entries = flags.map((flag) => [
      flag.key,
      { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on', targeting: targetingOf(flag) },
    ]);
    core.setConfigurations(JSON.stringify({ flags: Object.fromEntries(entries) }));
    return {
      contextOf: ({ key, ...attributes }) => ({ targetingKey: key, ...attributes }),
      one: (key, context) => core.resolveBooleanEvaluation(key, false, context, NO_LOG).value,
      all: (context) => core.resolveAll(context, NO_LOG),
    };
  },
};
