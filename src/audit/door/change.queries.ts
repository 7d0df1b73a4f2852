import type { EntityManager } from 'typeorm';
import type { WriteRequest } from '../change/write-request.js';

/** Locks the ledger head, so that commit order is revision order, and names the author to the triggers. Returns the head revision. */
export async function openChange(manager: EntityManager, write: WriteRequest): Promise<number> {
  const [row] = await manager.query<[{ revision: string }]>(
    `SELECT flagtree.open_change() AS revision,
            set_config('flagtree.actor', $1, true), set_config('flagtree.reason', $2, true), set_config('flagtree.request_id', $3, true),
            set_config('flagtree.remote', $4, true), set_config('flagtree.token', $5, true)`,
    [write.caller.actor, write.reason ?? '', write.requestId, write.remote ?? '', write.caller.token.publicId],
  );
  return Number(row.revision);
}
