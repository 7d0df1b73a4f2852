import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Entrance, permissionOf } from './entrance.js';

/**
 * The one guard of every handler. It asks once more what was asked of the headers: while a body was on its way, a token may have been
 * revoked or a session ended. What a caller may do to which environment is decided where the effect is known.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly entrance: Entrance) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.entrance.admitAgain(request, permissionOf(request));
    return true;
  }
}
