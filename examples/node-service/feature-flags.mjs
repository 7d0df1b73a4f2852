import { defineFlags, flag } from '@flagtree/client';

/** What this service asks for, and what holds where nobody says anything. */
export const featureFlags = defineFlags({
  'greeting.text': flag.string('hello', { oneOf: ['hello', 'welcome'] }),
  'greeting.loud': flag.boolean(false),
});
