import type { EvaluationContext } from '@flagtree/engine';

/** 32 bits at a time, the same ones for ever (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

const KEYS = ['user-#', 'ü-#', '日本語#', '🚀#', '', 'a', 'org/#/é'];
const CHOICES: Record<string, readonly unknown[]> = {
  country: ['DE', 'FR', 'US', 'es', '', null, ['US', 'DE'], 49],
  age: [-1, 0, 9.99, 10, 20, 39, 40, 61, '20', null, [1, 70], true],
  email: ['user-#@example.com', 'User-1#@example.org', '', 7, ['a@b.com', 'x']],
  version: ['1.2.3', '1.10.0', '2.0.0-beta.1', '2.0.0', '3.0.0', '3.9.9', 'v1.3.0', '1.2', '', 3, null],
  ip: ['10.1.2.3', '10.200.0.1', '2001:db8::1', '::ffff:10.0.0.1', '2001:db9::', 'nowhere', 10],
  signedUpAt: ['2026-02-28T23:30:00Z', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00.001Z', '2026-05-01', 1772323200000, null],
  tags: [[], ['beta'], ['alpha', 'beta'], 'beta', [null], { beta: true }],
};
const USERS: readonly unknown[] = [{ plan: 'pro', id: 'id-#' }, { plan: 'free', id: 7 }, { plan: null, id: '' }, { id: false }, 'pro', { plan: ['free', 'pro'] }, { plan: 1, id: 'x' }]; // prettier-ignore

/** Contexts of every kind: whole ones, sparse ones, wrong types, keys of many alphabets. The same ones for ever. */
export function goldenContexts(count: number): EvaluationContext[] {
  const next = randomNumbers(20260601);
  const pick = (choices: readonly unknown[], i: number): unknown =>
    JSON.parse(JSON.stringify(choices[next() % choices.length]).replaceAll('#', String(i)));
  return Array.from({ length: count }, (_, i) => {
    const context: Record<string, unknown> = {};
    if (next() % 20 > 0) context['targetingKey'] = pick(KEYS, i);
    if (next() % 5 > 0) context['user'] = pick(USERS, i);
    for (const [attribute, choices] of Object.entries(CHOICES)) if (next() % 4 > 0) context[attribute] = pick(choices, i);
    return context;
  });
}
