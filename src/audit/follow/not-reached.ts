import type { State } from '@flagtree/engine';
import { Unavailable } from '../../platform/http/problems/problem.js';

/** A server was asked for a revision that it has not heard of yet: it will, within moments. */
export function notReached({ revision }: State, wanted: number): Unavailable {
  const detail = `This server has seen revision ${String(revision)}, not yet ${String(wanted)}.`;
  return new Unavailable('revision-not-reached', detail, 1);
}
