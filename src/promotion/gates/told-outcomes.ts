import type { Branch, CheckOutcome, State } from '@flagtree/engine';
import { environmentBySlug } from '@flagtree/engine';
import type { Caller } from '../../access/identity/caller.js';
import { failed, type GateResult } from './standing-gates.js';

/** What trying a promotion has shown. */
export interface Tried {
  outcomes: readonly CheckOutcome[];
  branches: readonly Branch[];
  gates: readonly GateResult[];
}

const LOOK_AT_OUTCOMES: ReadonlySet<string> = new Set(['evaluation', 'checks', 'has-checks']);

/**
 * What the caller is told of it. Whoever may not evaluate in an environment learns nothing of its values by planning a promotion to it either:
 * neither what its contexts would get, nor whether the gates that look at that are passed.
 */
export function toldTo(
  caller: Caller,
  state: State,
  { outcomes, branches, gates }: Tried,
): { [P in keyof Tried]: Tried[P][number][] } {
  const isSeen = ({ environment: slug }: { environment: string }) => {
    const environment = environmentBySlug(state, slug);
    return environment !== undefined && caller.maySee(state, environment);
  };
  const told = outcomes.filter(isSeen);
  const isWhole = told.length === outcomes.length;
  return {
    outcomes: told,
    branches: branches.filter(isSeen),
    gates: gates.map((gate) => (isWhole || !LOOK_AT_OUTCOMES.has(gate.gate) ? gate : withheld(gate, caller))),
  };
}

function withheld({ gate, environment, pipeline }: GateResult, { token }: Caller): GateResult {
  const reason = `The token "${token.name}" may not evaluate in every environment that this is tried in, so it is not told what came of it: use one that may`;
  return failed(gate, reason, { environment, pipeline });
}
