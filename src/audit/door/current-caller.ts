import type { EntityManager } from 'typeorm';
import type { JsonObject } from '@flagtree/engine';
import { Caller, tokenFromRow } from '../../access/identity/caller.js';
import { THE_SERVER } from '../../access/identity/the-server.js';
import { refusalOf } from '../../access/identity/token-registry.js';
import { Forbidden, Unauthorized } from '../../platform/http/problems/problem.js';

/**
 * The caller as its token is now, read under the lock of the ledger: what was revoked, rotated or narrowed while a change waited for its turn,
 * or while a job did, is so for it as well.
 * @throws {Unauthorized | Forbidden}
 */
export async function currentCaller(manager: EntityManager, caller: Caller, now: Date): Promise<Caller> {
  if (caller === THE_SERVER) return caller;
  const [stored] = await manager.query<{ row: JsonObject }[]>(
    `SELECT to_jsonb(token) - 'secret_sha256' AS row FROM flagtree.tokens AS token WHERE token.id = $1`,
    [caller.tokenId],
  );
  const current = stored && new Caller(tokenFromRow(stored.row));
  const { name, publicId } = caller.token;
  if (current?.token.publicId !== publicId)
    throw new Unauthorized('token-unknown', `The token "${name}" was rotated or deleted meanwhile: nothing was changed.`);
  const refusal = refusalOf(current, now);
  if (refusal !== null) throw refusal;
  if (!current.has('developer'))
    throw new Forbidden(
      'role-too-low',
      `A write needs the role developer; the token "${name}" is a ${current.role ?? 'nobody'}.`,
    );
  return current;
}
