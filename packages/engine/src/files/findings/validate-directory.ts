import { stateOf, type ServerTree } from '../merge/state-of.js';
import { readDirectory } from '../read/read-directory.js';
import type { Directory, Finding, SourceFile } from '../words.js';
import type { State } from '../../state/state.js';
import { entryFindings } from './entry-findings.js';
import { resolvedFindings } from './resolved-findings.js';

export interface Validated {
  directory: Directory;
  /** What the files make, as far as they can be read. */
  state: State;
  /** By file and place. */
  findings: Finding[];
}

/** All that is wrong with a directory, or doubtful. `tree`: the environments of a server, for files without a tree of their own. */
export function validateDirectory(files: readonly SourceFile[], tree?: ServerTree): Validated {
  const { directory, report } = readDirectory(files);
  const state = stateOf(directory, tree);
  entryFindings(directory, report);
  resolvedFindings(directory, state, directory.tree !== null || tree !== undefined, report);
  const findings = report.findings.sort((a, b) => (a.file === b.file ? order(a.pointer, b.pointer) : order(a.file, b.file)));
  return { directory, state, findings };
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export const hasErrors = (findings: readonly Finding[]): boolean => findings.some(({ severity }) => severity === 'error');
