import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { canonicalJson } from '@flagtree/engine';
import { Invalid, Stale } from '../problems/problem.js';

/**
 * A strong entity tag over a representation. When it was read (`revision`) and used (`lastUsedAt`) is left out, so that only an edit
 * of the thing itself changes its tag: equal tags mean equal content.
 */
export function etagOf(representation: object): string {
  const content = { ...representation, revision: undefined, lastUsedAt: undefined };
  return etagOfText(canonicalJson(JSON.parse(JSON.stringify(content))));
}

/** A strong entity tag over a text that is sent as it is. */
export function etagOfText(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
}

/** Whether `If-None-Match` of a read names what would be answered: the caller has it. */
export function hasAlready({ headers }: { headers: IncomingHttpHeaders }, etag: string): boolean {
  const seen = headers['if-none-match'];
  return seen !== undefined && etagMatches(seen, etag);
}

/** Whether an `If-Match` or `If-None-Match` header (a list, or `*`) names `etag`. Weak tags are compared weakly. */
export function etagMatches(header: string, etag: string): boolean {
  if (header === etag || header.trim() === '*') return true;
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
}

/** `If-Match` and `If-None-Match` of a write (RFC 9110, 13.1.1 and 13.1.2); null where they are absent. */
export interface Preconditions {
  ifMatch: string | null;
  ifNoneMatch: string | null;
}

const THERE_IS_NONE = 'There is nothing here (any more) that you could have seen: leave If-Match out to make it anew.';

/** @throws {Stale} when the caller wants something to be there, and nothing is. */
export function assertNoneSeen({ ifMatch }: Preconditions): void {
  if (ifMatch !== null) throw new Stale(THERE_IS_NONE, null, null);
}

/** @throws {Invalid} when the caller named a version, and the request is about more than one thing. */
export function assertNamesNoVersion({ ifMatch, ifNoneMatch }: Preconditions, instead: string): void {
  if (ifMatch === null && ifNoneMatch === null) return;
  throw new Invalid(
    'if-match-not-applicable',
    `${ifMatch === null ? 'If-None-Match' : 'If-Match'} names a version of one thing, and this request is about several: ${instead}.`,
  );
}

/** @throws {Stale} when none of the representations of what is there is one that the caller named in If-Match, or one is of If-None-Match. */
export function assertUnchanged(
  { ifMatch, ifNoneMatch }: Preconditions,
  ...representations: readonly [object, ...object[]]
): void {
  if (ifMatch === null && ifNoneMatch === null) return;
  const tags = representations.map(etagOf);
  const [current] = representations;
  const refuse = (detail: string): never => {
    throw new Stale(detail, tags[0] ?? null, current);
  };
  if (ifMatch !== null && !tags.some((tag) => etagMatches(ifMatch, tag)))
    refuse(
      'This is no longer the version that you named in If-Match: look at `current`, and send the change again with its ETag.',
    );
  if (ifNoneMatch !== null && tags.some((tag) => etagMatches(ifNoneMatch, tag)))
    refuse('What If-None-Match forbids is here already: look at `current`, and edit that.');
}

/**
 * For what is made where nothing is, though it could be read as something else (an override as the flag in its environment).
 * @throws {Stale} when the caller wants something to be there, or saw something else.
 */
export function assertNothingElseSeen({ ifMatch }: Preconditions, readAs: object): void {
  if (ifMatch?.trim() === '*') throw new Stale(THERE_IS_NONE, null, null);
  assertUnchanged({ ifMatch, ifNoneMatch: null }, readAs);
}
