import { applyDecorators, SetMetadata, UseGuards, type ExecutionContext } from '@nestjs/common';
import { RequireFlagGuard } from './require-flag.guard.js';
import { REQUIREMENTS, type Requirement } from './requirement.js';

export interface RequireFlagOptions {
  /** Default false; true: what is required is that it does not hold. */
  readonly not?: boolean;
  /** What is thrown in place of "not found". */
  readonly otherwise?: (execution: ExecutionContext) => Error;
}

/** Which boolean flags have to be on: one, all or any of several. */
export type Required<Key extends string = string> = Key | { readonly all: readonly Key[] } | { readonly any: readonly Key[] };

/**
 * Lets a method, or all of a class, be there only while a flag is on: else the answer is that of a route that is not there. A guard, so it runs
 * before interceptors and pipes, and after the guards of the application and of the class. Nest runs the guards of one method from the lowest
 * decorator to the highest: write this one above those that say who somebody is.
 */
export function RequireFlag(required: Required, options: RequireFlagOptions = {}): ClassDecorator & MethodDecorator {
  const requirement: Requirement = { ...keysOf(required), not: options.not ?? false, otherwise: options.otherwise };
  return applyDecorators(add(requirement), UseGuards(RequireFlagGuard));
}

function keysOf(required: Required): Pick<Requirement, 'keys' | 'how'> {
  if (typeof required === 'string') return { keys: [required], how: 'all' };
  return 'all' in required ? { keys: required.all, how: 'all' } : { keys: required.any, how: 'any' };
}

/** Several decorators on one place hold together. */
const add =
  (requirement: Requirement) =>
  (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const place = (descriptor?.value ?? target) as object;
    const others = (Reflect.getOwnMetadata(REQUIREMENTS, place) as Requirement[] | undefined) ?? [];
    SetMetadata(REQUIREMENTS, [...others, requirement])(target, key as string, descriptor as PropertyDescriptor);
  };
