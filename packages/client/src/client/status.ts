import type { State } from '../types/client.js';
import type { Mode } from '../types/options.js';

export interface Facts {
  readonly closed: boolean;
  readonly mode: Mode;
  readonly hasData: boolean;
  readonly confirmed: boolean;
  /** Whether an attempt has come to its end. */
  readonly attempted: boolean;
}

export function stateOf({ closed, mode, hasData, confirmed, attempted }: Facts): State {
  if (closed) return 'closed';
  if (mode === 'offline') return hasData ? 'ready' : 'empty';
  if (hasData) return confirmed ? 'ready' : 'stale';
  return attempted ? 'empty' : 'loading';
}

/** By both clocks: the even one stands still while a process is frozen, and the wall clock can be set back. Null: never confirmed. */
export function ageMs(
  confirmedAt: { readonly wall: number; readonly monotonic: number } | null,
  now: { readonly wall: number; readonly monotonic: number },
): number | null {
  return confirmedAt === null ? null : Math.max(now.wall - confirmedAt.wall, now.monotonic - confirmedAt.monotonic, 0);
}
