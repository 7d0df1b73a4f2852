import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const SERVER_CORE = '1';

export function canPin() {
  return availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
}

/** The command that runs a Node script on the servers' core. */
export function onServerCore(script, pinned) {
  return pinned ? ['taskset', ['-c', SERVER_CORE, process.execPath, script]] : [process.execPath, [script]];
}
