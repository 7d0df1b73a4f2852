import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Forbidden } from '../platform/http/problems/problem.js';
import { PERMISSION } from '../platform/http/permission-metadata.js';
import { identify } from './identify.js';
import type { Permission } from './permissions.js';
import { TokenRegistry } from './token-registry.js';

/** Deny by default: the one guard of every handler. What a caller may do to which environment is decided where the effect is known. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly tokens: TokenRegistry,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (permission === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = identify(this.tokens, request);
    if (permission === undefined)
      throw new Forbidden('not-permitted', 'This route declares no permission, so nobody may use it.');
    if (permission === 'evaluate') return true;
    if (caller.kind !== 'admin') {
      throw new Forbidden(
        'wrong-token-kind',
        `"${caller.token.name}" is a client token, which only evaluates: use an admin token here.`,
      );
    }
    if (!caller.has(permission)) {
      throw new Forbidden(
        'role-too-low',
        `This needs the role ${permission}; the token "${caller.token.name}" is a ${caller.role ?? 'nobody'}.`,
      );
    }
    return true;
  }
}
