import { THE_SERVER } from '../../access/identity/the-server.js';
import type { WriteRequest } from '../../audit/change/write-request.js';

/** A write that a start makes by itself. */
export function byTheServer(reason: string): WriteRequest {
  return {
    caller: THE_SERVER,
    requestId: 'start',
    remote: null,
    reason,
    dryRun: false,
    force: false,
    keep: null,
    ifMatch: null,
    ifNoneMatch: null,
    idempotency: null,
  };
}
