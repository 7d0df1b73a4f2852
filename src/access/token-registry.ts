import { Injectable } from '@nestjs/common';
import type { Entry } from '../engine/index.js';
import type { JsonObject } from '../engine/types.js';
import { Unauthorized } from '../platform/http/problem.js';
import { Caller, tokenFromRow } from './caller.js';
import { sha256Of } from './token-text.js';

/**
 * All tokens, in memory, so that callers are known while the database is away.
 * The change feed keeps it current: what is revoked anywhere is refused here with the same revision.
 */
@Injectable()
export class TokenRegistry {
  private callers = new Map<string, Caller>();
  private readonly used = new Map<string, Date>();

  load(rows: readonly JsonObject[]): void {
    this.callers = new Map(rows.map((row) => [secretOf(row), new Caller(tokenFromRow(row))]));
  }

  apply(entries: readonly Entry[]): void {
    for (const { table, before, after } of entries) {
      if (table !== 'tokens') continue;
      if (before) this.callers.delete(secretOf(before));
      if (after) this.callers.set(secretOf(after), new Caller(tokenFromRow(after)));
    }
  }

  list(): Caller[] {
    return [...this.callers.values()];
  }

  /** @throws {Unauthorized} The look-up is by digest, so its time says nothing about how much of a secret is right. */
  authenticate(text: string, now: Date): Caller {
    const caller = this.callers.get(sha256Of(text));
    if (!caller) throw new Unauthorized('token-unknown', 'This token is not known: check that it is whole, and of this server.');
    const { expiresAt, revokedAt, name, id } = caller.token;
    if (revokedAt !== null) throw new Unauthorized('token-revoked', `The token "${name}" was revoked at ${revokedAt}: ask for a new one.`);
    if (expiresAt !== null && Date.parse(expiresAt) <= now.getTime()) {
      throw new Unauthorized('token-expired', `The token "${name}" expired at ${expiresAt}: ask for a new one.`);
    }
    this.used.set(id, now);
    return caller;
  }

  /** When each token was last used since the last call of this. */
  takeUsage(): Map<string, Date> {
    const taken = new Map(this.used);
    this.used.clear();
    return taken;
  }
}

/** `\x…` is how a bytea column reads in JSON. */
const secretOf = (row: JsonObject) => (row['secret_sha256'] as string).replace(/^\\x/, '');
