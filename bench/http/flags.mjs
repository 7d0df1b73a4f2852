import { ADMIN_TOKEN } from './servers.mjs';

const RULES = [
  { id: 'country', conditions: [{ attribute: 'country', operator: 'in', values: ['DE', 'FR', 'ES'] }], serve: { variant: 'on' } },
  { id: 'plan', conditions: [{ attribute: 'plan', operator: 'equals', values: ['enterprise'] }], serve: { variant: 'on' } },
  {
    id: 'version',
    conditions: [{ attribute: 'version', operator: 'semver_greater_than', values: ['5.0.0'] }],
    serve: { variant: 'on' },
  },
  {
    id: 'email',
    conditions: [{ attribute: 'email', operator: 'ends_with', values: ['@example.com'] }],
    serve: { variant: 'on' },
  },
];

/** Of five flags two are plain, one is a rollout, one has one rule and one has four. */
function flagNumber(i) {
  const shape = [
    {},
    {},
    { percentage: 25 },
    { rules: RULES.slice(1, 2), defaultVariant: 'off' },
    { rules: RULES, defaultVariant: 'off' },
  ][i % 5];
  return { key: `flag-${String(i).padStart(4, '0')}`, name: `Flag ${String(i)}`, type: 'boolean', enabled: true, ...shape };
}

export async function createFlags(url, from, to) {
  for (let i = from; i < to; i++) {
    const answer = await fetch(`${url}/api/admin/feature-flags`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(flagNumber(i)),
    });
    if (!answer.ok) throw new Error(`POST /api/admin/feature-flags: ${String(answer.status)} ${await answer.text()}`);
  }
}
