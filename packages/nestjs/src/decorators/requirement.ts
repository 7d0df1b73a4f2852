import type { ExecutionContext } from '@nestjs/common';

export const REQUIREMENTS = 'flagtree:requirements';

export interface Requirement {
  readonly keys: readonly string[];
  readonly how: 'all' | 'any';
  readonly not: boolean;
  readonly otherwise: ((execution: ExecutionContext) => Error) | undefined;
}
