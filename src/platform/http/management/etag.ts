import { createHash } from 'node:crypto';
import { canonicalJson } from '@flagtree/engine';
import { Invalid, Stale } from '../problems/problem.js';

/**
 * A strong entity tag over a representation. When it was read (`revision`) and used (`lastUsedAt`) is left out, so that only an edit
 * of the thing itself changes its tag: equal tags mean equal content.
 */
export function etagOf(representation: object): string {
  const content = { ...representation, revision: undefined, lastUsedAt: undefined };
  const digest = createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(content))))
    .digest('base64url');
  return `"${digest.slice(0, 27)}"`;
}

/** Whether an `If-Match` or `If-None-Match` header (a list, or `*`) names `etag`. Weak tags are compared weakly. */
export function etagMatches(header: string, etag: string): boolean {
  if (header === etag || header.trim() === '*') return true;
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
}

/** @throws {Stale} when the caller named a version of what is not there. */
export function assertNoneSeen(ifMatch: string | null): void {
  if (ifMatch === null) return;
  throw new Stale('There is nothing here (any more) that you could have seen: leave If-Match out to make it anew.', null, null);
}

/** @throws {Invalid} when the caller named a version, and the request is about more than one thing. */
export function assertNamesNoVersion(ifMatch: string | null, instead: string): void {
  if (ifMatch === null) return;
  throw new Invalid(
    'if-match-not-applicable',
    `If-Match names a version of one thing, and this request is about several: ${instead}.`,
  );
}

/** @throws {Stale} when the caller named a version and none of the current representations is it. */
export function assertUnchanged(ifMatch: string | null, ...representations: readonly [object, ...object[]]): void {
  if (ifMatch === null || representations.some((current) => etagMatches(ifMatch, etagOf(current)))) return;
  const [current] = representations;
  throw new Stale(
    'This is no longer the version that you named in If-Match: look at `current`, and send the change again with its ETag.',
    etagOf(current),
    current,
  );
}
