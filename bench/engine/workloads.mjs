/**
 * The five workloads, in no peer's language. A flag without rules is on; with a `rollout` it is on for that percentage of the users;
 * with `rules` it is on for the users of whom one of them holds, and off for the others. A rule is one condition.
 */
const PRIME = 7919;

const FIVE_RULES = [
  { attribute: 'country', operator: 'in', values: ['DE', 'FR', 'ES', 'IT', 'NL'] },
  { attribute: 'plan', operator: 'equals', values: ['enterprise'] },
  { attribute: 'version', operator: 'semver_greater_than', values: ['5.0.0'] },
  { attribute: 'team', operator: 'starts_with', values: ['internal-'] },
  { attribute: 'email', operator: 'ends_with', values: ['@example.com'] },
];

const THOUSAND_IDS = Array.from({ length: 1000 }, (_, i) => `account-${String((i * PRIME) % 100_000)}`);

/** One who gets past the first four rules and matches the fifth. */
function user(i) {
  return {
    key: `user-${String(i)}`,
    country: ['US', 'GB', 'JP', 'BR'][i % 4],
    plan: ['free', 'pro'][i % 2],
    version: `2.${String(i % 10)}.${String(i % 7)}`,
    team: `team-${String(i % 5)}`,
    email: `user-${String(i)}@example.com`,
    account: THOUSAND_IDS[(i * 31) % 1000],
  };
}

/** Users of whom some rule before the last, or none, holds: not measured, only compared. */
const CONTROLS = [
  { ...user(1), country: 'FR' },
  { ...user(2), plan: 'enterprise' },
  { ...user(3), version: '5.0.1' },
  { ...user(4), team: 'internal-tools' },
  { ...user(5), email: 'someone@example.org', account: 'account-none' },
  { ...user(6), version: '5.0.0', team: 'not-internal-', email: '@example.com.org', account: '' },
];

const USERS = Array.from({ length: 64 }, (_, i) => user(i));
const CANDIDATES = 60_000;

export const ONE_FLAG = [
  {
    name: 'W1',
    title: 'a flag without rules',
    flag: { key: 'plain', rules: [], rollout: null },
    users: USERS,
    controls: CONTROLS,
  },
  {
    name: 'W2',
    title: '25 % rollout by targeting key',
    flag: { key: 'rollout', rules: [], rollout: 25 },
    // each peer has a hash of its own: only users of whom all say the same are asked about
    candidates: (i) => ({ ...user(i % 1000), key: `user-${String(i)}` }),
    candidateCount: CANDIDATES,
    wanted: { in: 16, out: 48 },
    controls: [],
  },
  {
    name: 'W3',
    title: 'five rules, the last matches',
    flag: { key: 'rules', rules: FIVE_RULES, rollout: null },
    users: USERS,
    controls: CONTROLS,
  },
  {
    name: 'W4',
    title: '`in` over 1,000 ids',
    flag: { key: 'ids', rules: [{ attribute: 'account', operator: 'in', values: THOUSAND_IDS }], rollout: null },
    users: USERS,
    controls: CONTROLS,
  },
];

/** W5: 200 plain flags, 100 rollouts, 100 with one rule, 100 with five. Of the candidates for rollouts those are taken on which all agree. */
export const BULK = {
  name: 'W5',
  title: '500 flags in bulk',
  user: user(11),
  plain: Array.from({ length: 200 }, (_, i) => ({ key: `plain-${String(i)}`, rules: [], rollout: null })),
  rolloutCandidates: Array.from({ length: 3000 }, (_, i) => ({ key: `rollout-${String(i)}`, rules: [], rollout: 25 })),
  rollouts: 100,
  ruled: Array.from({ length: 200 }, (_, i) => ({
    key: `rules-${String(i)}`,
    rules: i % 2 === 0 ? [{ attribute: 'plan', operator: 'equals', values: [i % 4 === 0 ? 'pro' : 'team'] }] : FIVE_RULES,
    rollout: null,
  })),
};
