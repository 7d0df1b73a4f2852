import { defineFlags, flag } from '@flagtree/client';
import { flagDecorators } from '@flagtree/nestjs';

export const featureFlags = defineFlags({
  'search.enabled': flag.boolean(false),
  'search.algorithm': flag.string('v1', { oneOf: ['v1', 'v2'] }),
});

/** They know the keys above, and no others. */
export const { Flag, RequireFlag } = flagDecorators<typeof featureFlags>();
