import { describe, expect, it } from '@jest/globals';
import { environmentBySlug } from '../state/chain.js';
import { environment, flag, override, state, withoutInheritance } from '../testing/builders.js';
import { nearestOverride } from './nearest-override.js';

const checkout = flag('checkout');
const rows = state({
  environments: [environment('prod'), environment('staging', 'prod'), environment('dev', 'staging'), environment('apart')],
  flags: [checkout, flag('plain')],
  overrides: [override('prod', 'checkout', { enabled: true }), override('staging', 'checkout', { reason: 'says nothing yet' })],
});

const nearestTo = (slug: string, at = rows) => {
  const found = nearestOverride(at, environmentBySlug(at, slug)!, checkout);
  return found && [found.environment.slug, found.override.environmentId, found.override.reason];
};

describe('the nearest override', () => {
  it('is the environment’s own row, else the first one above it, whatever fields that sets', () => {
    expect(nearestTo('prod')).toEqual(['prod', 'prod', null]);
    expect(nearestTo('staging')).toEqual(['staging', 'staging', 'says nothing yet']);
    expect(nearestTo('dev')).toEqual(['staging', 'staging', 'says nothing yet']);
  });

  it('is none where no row stands on the chain, nor for a flag that nobody overrides', () => {
    expect(nearestTo('apart')).toBeNull();
    expect(nearestOverride(rows, environmentBySlug(rows, 'dev')!, rows.flags.get('plain')!)).toBeNull();
  });

  it('is the environment’s own alone where inheritance is switched off', () => {
    expect(nearestTo('dev', withoutInheritance(rows))).toBeNull();
    expect(nearestTo('staging', withoutInheritance(rows))).toEqual(['staging', 'staging', 'says nothing yet']);
  });
});
