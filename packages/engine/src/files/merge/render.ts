import { compileEnvironment } from '../../compile/compile-environment.js';
import { exportFlagd } from '../../flagd/write/export-flagd.js';
import type { FlagdDocument } from '../../flagd/flagd-document.js';
import type { State } from '../../state/state.js';
import type { Environment } from '../../types.js';

/** An environment of the files as flagd's definitions: what a server serves at `/flagd/v1/{env}/flags.json` after they are applied, but for the version. */
export function render(state: State, environment: Environment): FlagdDocument {
  return exportFlagd(compileEnvironment(state, environment), state.segments);
}
