import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { declarePermission } from '../platform/http/permission-metadata.js';
import type { Role } from './identity/roles.js';

export { Public } from '../platform/http/permission-metadata.js';

export type Permission = 'public' | 'ofrep' | 'evaluate' | Role;

/** An admin token of this role or a higher one. Which environments it may write is decided by what the change touches. */
export const RequireRole = (role: Role) => permit(role);

/** Any valid token that is a secret; the environment interceptor decides whether it may see the environment. */
export const Evaluates = () => permit('evaluate');

/** Any valid token, also one of a web page. */
export const EvaluatesForPages = () => permit('ofrep');

/** The OpenAPI document names it, too. */
const permit = (permission: Permission) =>
  applyDecorators(declarePermission(permission), ApiExtension('x-permission', permission));
