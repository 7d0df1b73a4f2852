import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Unauthorized } from '../../platform/http/problems/problem.js';
import type { Caller } from './caller.js';

/** Who sends the request, as the guard has found out. Only a public route can have nobody. @throws {Unauthorized} */
export const RequestCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<{ caller?: Caller }>()),
);

/** The same, for what is not called by Nest. @throws {Unauthorized} */
export function callerOf({ caller }: { caller?: Caller }): Caller {
  if (caller) return caller;
  throw tokenMissing();
}

export function tokenMissing(): Unauthorized {
  return new Unauthorized('token-missing', 'Send a token: "Authorization: Bearer <token>" or "X-API-Key: <token>".');
}
