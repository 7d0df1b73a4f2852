import { AsyncLocalStorage } from 'node:async_hooks';
import type { Ambient, Scope } from './reading-kit.js';

interface Shared {
  used: boolean;
  readonly storage: AsyncLocalStorage<Scope>;
}

/** One for the process, even where a bundler has made two copies of this file. */
const SHARED = Symbol.for('flagtree.scope.1');

const home = globalThis as unknown as { [SHARED]: Shared | undefined };
const shared: Shared = (home[SHARED] ??= {
  used: false,
  storage: new AsyncLocalStorage<Scope>(),
});

/** The context of `run` and the values of `withFlags`, along whatever is awaited. */
export const ambient: Ambient = {
  get used() {
    return shared.used;
  },
  current: () => shared.storage.getStore(),
};

/** Within `body`: what is absent stays as it is outside, values add to those outside. */
export function within<T>(scope: Scope, body: () => T): T {
  shared.used = true;
  const outside = shared.storage.getStore();
  const values =
    scope.values && outside?.values ? new Map([...outside.values, ...scope.values]) : (scope.values ?? outside?.values);
  return shared.storage.run({ context: scope.context ?? outside?.context, values }, body);
}
