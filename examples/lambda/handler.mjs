import { createClient } from '@flagtree/client';

/** Between calls nothing runs: no stream, no timer. */
const flags = createClient({ mode: 'manual' });

/** @param {{ user: string }} event */
export async function handler(event) {
  // at once while the flags are young; else one request, or the old flags when that takes too long
  const { revision, source } = await flags.fresh({ maxAge: '30s', timeout: '300ms' });
  const isNew = flags.boolean('checkout.new', false, { targetingKey: event.user });
  return { user: event.user, checkout: isNew ? 'new' : 'old', revision, source };
}
