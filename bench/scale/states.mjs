const RULES = 7;
const PLANS = 11;
const OVERRIDES_IN_A_LEAF = 5;
/** Of the flags, how many staging and development each override: one of so many. */
const ONE_OF = 20;

/** A tree as teams have it: production, staging below it, development below that, and below that one leaf for each open pull request. */
export function statesOf({ flags, environments }) {
  const slugs = ['production', 'staging', 'development', ...numbered(environments - 3, leafOf)];
  const parents = [null, 'production', 'staging'];
  return {
    format: 'flagtree-states',
    version: 1,
    environments: slugs.map((slug, index) => ({ slug, parent: parents[index] === undefined ? 'development' : parents[index] })),
    segments: [{ key: 'staff', conditions: [{ attribute: 'email', operator: 'ends_with', values: ['@example.com'] }] }],
    flags: numbered(flags, flagOf),
    overrides: slugs.flatMap((environment, index) =>
      overriddenIn(index, flags).map((flag) => overrideOf(environment, index, flag)),
    ),
  };
}

export const keyOf = (index) => `team-${index % 20}.flag-${index}`;
export const leafOf = (index) => `pr-${index}`;

function flagOf(index) {
  const staff = { id: 'staff', conditions: [{ segment: 'staff' }], serve: { variant: 'on' } };
  return {
    key: keyOf(index),
    description: `What flag ${index} is for`,
    variants: [
      { key: 'on', value: true },
      { key: 'off', value: false },
    ],
    defaultVariant: 'on',
    offVariant: 'off',
    rules: [ruleOf(index), staff],
    owner: `team-${index % 20}`,
    tags: [`t${index % 10}`],
  };
}

function ruleOf(index) {
  const values = ['beta', `p${index % PLANS}`];
  return { id: `r${index % RULES}`, conditions: [{ attribute: 'plan', operator: 'in', values }], serve: { variant: 'on' } };
}

function overriddenIn(environment, flags) {
  if (environment === 0) return [];
  if (environment < 3) return numbered(Math.ceil(flags / ONE_OF), (index) => index * ONE_OF + environment);
  return numbered(OVERRIDES_IN_A_LEAF, (index) => (environment * 31 + index * 97) % flags);
}

function overrideOf(environment, at, flag) {
  return {
    environment,
    flag: keyOf(flag),
    enabled: (flag + at) % 2 === 0,
    ...(flag % 5 === 0 && { rules: [{ ...ruleOf(flag + at), id: `o${at}` }], rulesMode: 'append' }),
  };
}

const numbered = (count, of) => Array.from({ length: Math.max(0, count) }, (_, index) => of(index));
