import type { AnyFlags, FlagReader } from '@flagtree/client';
import { type CanActivate, type ExecutionContext, Inject, Injectable, NotFoundException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { requestOf, scopeOf } from '../request/scope.js';
import { scopeMessage } from '../request/message.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { REQUIREMENTS, type Requirement } from './requirement.js';

@Injectable()
export class RequireFlagGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** False for messages, which Nest makes an exception of their kind of. @throws {Error} for requests */
  canActivate(execution: ExecutionContext): boolean {
    const places = this.reflector.getAll<(Requirement[] | undefined)[]>(REQUIREMENTS, [
      execution.getClass(),
      execution.getHandler(),
    ]);
    const requirements = places.flatMap((place) => place ?? []);
    const { reader } = scopeOf(execution) ?? scopeMessage(this.runtime, execution);
    const failed = requirements.find((requirement) => !isMet(requirement, reader));
    if (!failed) return true;
    if (failed.otherwise) throw failed.otherwise(execution);
    if (['rpc', 'ws'].includes(execution.getType())) return false;
    throw new NotFoundException(notThere(requestOf(execution)));
  }
}

function isMet({ keys, how, not }: Requirement, reader: FlagReader<AnyFlags>): boolean {
  const isOn = (key: string): boolean => reader.boolean(key, false);
  return (how === 'all' ? keys.every(isOn) : keys.some(isOn)) !== not;
}

/** As Nest says it of a route that nobody has written. */
function notThere(request: { method?: string; originalUrl?: string; url?: string } | undefined): string {
  return `Cannot ${request?.method ?? ''} ${request?.originalUrl ?? request?.url ?? ''}`.trim();
}
