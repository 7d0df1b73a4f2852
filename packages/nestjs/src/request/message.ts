import type { ExecutionContext } from '@nestjs/common';
import type { Runtime } from '../runtime.js';
import { keepScope, requestOf, type Scope } from './scope.js';

/** The scope of a message that has none so far, for whatever else reads flags of it. */
export function scopeMessage(runtime: Runtime, execution: ExecutionContext): Scope {
  const scope = runtime.scopeForMessage({ request: requestOf(execution), execution });
  keepScope(execution.getArgs(), scope);
  return scope;
}
