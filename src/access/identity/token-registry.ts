import { Injectable } from '@nestjs/common';
import type { Entry, JsonObject } from '@flagtree/engine';
import { Unauthorized } from '../../platform/http/problems/problem.js';
import { Caller, tokenFromRow } from './caller.js';

/**
 * All tokens, in memory, so that callers are known while the database is away.
 * The change feed keeps it current: what is revoked anywhere is refused here with the same revision.
 */
@Injectable()
export class TokenRegistry {
  /** By digest. */
  private callers = new Map<string, Caller>();
  /** By public id: what is stored, digest included. */
  private rows = new Map<string, JsonObject>();
  private readonly used = new Map<string, Date>();

  load(rows: readonly JsonObject[]): void {
    this.callers = new Map(rows.map((row) => [secretOf(row), new Caller(tokenFromRow(row))]));
    this.rows = new Map(rows.map((row) => [publicIdIn(row), row]));
  }

  apply(entries: readonly Entry[]): void {
    for (const { table, before, after } of entries) {
      if (table !== 'tokens') continue;
      if (before) {
        this.callers.delete(secretOf(before));
        this.rows.delete(publicIdIn(before));
      }
      if (after) {
        this.callers.set(secretOf(after), new Caller(tokenFromRow(after)));
        this.rows.set(publicIdIn(after), after);
      }
    }
  }

  list(): Caller[] {
    return [...this.callers.values()];
  }

  /** Whose token has this digest (hex), in force or not. */
  find(digest: string): Caller | undefined {
    return this.callers.get(digest);
  }

  /** Those that may be used. */
  allInForce(now: Date): Caller[] {
    return this.list().filter((caller) => refusalOf(caller, now) === null);
  }

  /** The tokens as they are stored: digests, no secrets. */
  stored(): JsonObject[] {
    return [...this.rows.values()];
  }

  /** Who has the token `publicId` now, with its digest (hex), while it may be used. A rotated token has another public id. */
  inForce(publicId: string, now: Date): { caller: Caller; digest: string } | null {
    const row = this.rows.get(publicId);
    const caller = row && this.callers.get(secretOf(row));
    return row && caller && refusalOf(caller, now) === null ? { caller, digest: secretOf(row) } : null;
  }

  /** Who has the token `publicId` now, while it may be used; this counts as a use. Null: nobody has. */
  use(publicId: string, now: Date): Caller | null {
    const holder = this.inForce(publicId, now);
    if (holder === null) return null;
    this.used.set(holder.caller.tokenId, now);
    return holder.caller;
  }

  /**
   * Whose token has this digest (hex): a look-up by digest, whose time says nothing about how much of a secret is right.
   * @throws {Unauthorized}
   */
  authenticate(digest: string, now: Date): Caller {
    const caller = this.callers.get(digest);
    if (!caller) throw new Unauthorized('token-unknown', 'This token is not known: check that it is whole, and of this server.');
    const refusal = refusalOf(caller, now);
    if (refusal !== null) throw refusal;
    this.used.set(caller.tokenId, now);
    return caller;
  }

  /** When each token was last used since the last call of this. */
  takeUsage(): Map<string, Date> {
    const taken = new Map(this.used);
    this.used.clear();
    return taken;
  }
}

/** Why a token may not be used; null: it may. */
export function refusalOf({ token }: Caller, now: Date): Unauthorized | null {
  const { expiresAt, revokedAt, name } = token;
  if (revokedAt !== null)
    return new Unauthorized('token-revoked', `The token "${name}" was revoked at ${revokedAt}: ask for a new one.`, token);
  if (expiresAt !== null && Date.parse(expiresAt) <= now.getTime()) {
    return new Unauthorized('token-expired', `The token "${name}" expired at ${expiresAt}: ask for a new one.`, token);
  }
  return null;
}

const publicIdIn = (row: JsonObject) => row['public_id'] as string;

/** `\x…` is how a bytea column reads in JSON. */
const secretOf = (row: JsonObject) => (row['secret_sha256'] as string).replace(/^\\x/, '');
