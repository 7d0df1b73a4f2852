import { LogicEngine } from 'json-logic-engine';
import semver from 'semver';

/** A rule language and no flag engine: it hashes nothing, so it has no part in W2, and gets the other operators as plain functions. */
const engine = new LogicEngine();
engine.addMethod('semver_greater_than', ([version, than]) => semver.gt(version, than), { sync: true, deterministic: true });
engine.addMethod('starts_with', ([text, part]) => text.startsWith(part), { sync: true, deterministic: true });
engine.addMethod('ends_with', ([text, part]) => text.endsWith(part), { sync: true, deterministic: true });

const CONDITIONS = {
  in: ({ attribute, values }) => ({ in: [{ var: attribute }, values] }),
  equals: ({ attribute, values }) => ({ '===': [{ var: attribute }, values[0]] }),
  semver_greater_than: ({ attribute, values }) => ({ semver_greater_than: [{ var: attribute }, values[0]] }),
  starts_with: ({ attribute, values }) => ({ starts_with: [{ var: attribute }, values[0]] }),
  ends_with: ({ attribute, values }) => ({ ends_with: [{ var: attribute }, values[0]] }),
};

const logicOf = ({ rules }) =>
  rules.length === 0 ? true : { if: [...rules.flatMap((rule) => [CONDITIONS[rule.operator](rule), true]), false] };

export default {
  name: 'json-logic-engine (compiled)',
  supports: (flags) => flags.every((flag) => flag.rollout === null),
  load: async (flags) => {
    const tests = new Map(flags.map((flag) => [flag.key, engine.build(logicOf(flag))]));
    return {
      contextOf: ({ key, ...attributes }) => ({ targetingKey: key, ...attributes }),
      one: (key, context) => tests.get(key)(context),
      all: (context) => Array.from(tests.values(), (test) => test(context)),
    };
  },
};
