import { SetMetadata } from '@nestjs/common';
import { PERMISSION } from '../platform/http/permission-metadata.js';
import type { Role } from './roles.js';

export { Public } from '../platform/http/permission-metadata.js';

export type Permission = 'public' | 'evaluate' | Role;

/** An admin token of this role or a higher one. Which environments it may write is decided by what the change touches. */
export const RequireRole = (role: Role) => SetMetadata(PERMISSION, role satisfies Permission);

/** Any valid token; the environment interceptor decides whether it may see the environment. */
export const Evaluates = () => SetMetadata(PERMISSION, 'evaluate' satisfies Permission);
