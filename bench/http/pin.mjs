import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';

const SERVER_CORE = '1';

export function canPin() {
  return availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
}

/** The command that runs a Node script on the servers' core. */
export const onServerCore = (script, pinned) => onCores(SERVER_CORE, script, pinned);

/** The command that runs a Node script on all cores, also from a process that is pinned to one. */
export const onAllCores = (script, pinned) => onCores(`0-${String(cpus().length - 1)}`, script, pinned);

function onCores(cores, script, pinned) {
  return pinned ? ['taskset', ['-c', cores, process.execPath, script]] : [process.execPath, [script]];
}
