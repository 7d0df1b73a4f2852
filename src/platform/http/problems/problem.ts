import type { Defect } from '@flagtree/engine';
import type { RefusedToken } from '../outside/problem-shape.js';

export type ProblemKind =
  | 'invalid'
  | 'unsupported'
  | 'unauthorized'
  | 'too-many'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'stale'
  | 'unprocessable'
  | 'unavailable';

/**
 * An error for the person who must act: `detail` says what, why and what to do next.
 * `code` is stable and names a page in the documentation; `members` are extension members of the problem document.
 */
export abstract class DomainError extends Error {
  abstract readonly kind: ProblemKind;

  constructor(
    readonly code: string,
    detail: string,
    readonly members: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

/** The request itself is malformed; `defects` point into its body (or name a parameter). */
export class Invalid extends DomainError {
  readonly kind = 'invalid';
  constructor(
    code: string,
    detail: string,
    readonly defects: Defect[] = [],
    members: Record<string, unknown> = {},
  ) {
    super(code, detail, { ...(defects.length ? { errors: defects } : {}), ...members });
  }
}

/** The body is in a form that is not read; `accept` is the header that names what is. */
export class Unsupported extends DomainError {
  readonly kind = 'unsupported';
  constructor(
    code: string,
    detail: string,
    readonly accept: Readonly<Record<string, string>> = {},
  ) {
    super(code, detail);
  }
}

/** Well formed, but it would make something that cannot hold: an unknown variant, a missing parent. */
export class Unprocessable extends DomainError {
  readonly kind = 'unprocessable';
  constructor(code: string, detail: string, defects: Defect[] = [], members: Record<string, unknown> = {}) {
    super(code, detail, { ...(defects.length ? { errors: defects } : {}), ...members });
  }
}

export class Unauthorized extends DomainError {
  readonly kind = 'unauthorized';

  /** `token`: where it is known whose it was. */
  constructor(
    code: string,
    detail: string,
    readonly token?: RefusedToken,
  ) {
    super(code, detail);
  }
}

/** Not now: again after `retryAfterSeconds`. */
export class TooMany extends DomainError {
  readonly kind = 'too-many';

  constructor(
    code: string,
    detail: string,
    readonly retryAfterSeconds: number,
    readonly token?: RefusedToken,
  ) {
    super(code, detail);
  }
}

export class Forbidden extends DomainError {
  readonly kind = 'forbidden';
}

export class NotFound extends DomainError {
  readonly kind = 'not-found';
}

export class Conflict extends DomainError {
  readonly kind = 'conflict';
}

/** The caller edits a version that is no longer the current one; `members.current` is what stands now. */
export class Stale extends DomainError {
  readonly kind = 'stale';
  constructor(
    detail: string,
    /** Null: there is nothing (any more). */
    readonly etag: string | null,
    current: unknown,
  ) {
    super('stale-version', detail, { current });
  }
}

/** Nothing is wrong with the request: try again after `retryAfterSeconds`. */
export class Unavailable extends DomainError {
  readonly kind = 'unavailable';
  constructor(
    code: string,
    detail: string,
    readonly retryAfterSeconds = 2,
    options?: ErrorOptions,
  ) {
    super(code, detail, {}, options);
  }
}
