import { readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface Postmaster {
  pid: number;
  port: number;
}

/** What `postmaster.pid` tells of a server that runs on this data; null when none does. */
export function findPostmaster(data: string): Postmaster | null {
  const [pid, , , port] = lines(data);
  if (pid === undefined || port === undefined || !isRunning(Number(pid))) return null;
  if (nameOf(Number(pid)) === 'postgres') return { pid: Number(pid), port: Number(port) };
  disown(data);
  return null;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return nameOf(pid) !== '';
}

/**
 * After a restart of the machine or the container the pid may be another program's, and PostgreSQL would not start beside it. It does
 * beside its own parent, which we are, and still checks that no orphan of the old server has the data's shared memory.
 */
function disown(data: string): void {
  const [, ...rest] = lines(data);
  writeFileSync(join(data, 'postmaster.pid'), [String(process.pid), ...rest].join('\n'));
}

function lines(data: string): string[] {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** The name of a program; empty when it is over, even if nobody has collected its exit code yet. */
function nameOf(pid: number): string {
  if (process.platform === 'win32') return 'postgres';
  if (process.platform === 'linux') return nameFromProc(pid);
  const { stdout } = spawnSync('ps', ['-o', 'ucomm=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim();
}

function nameFromProc(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const isZombie = stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
    return isZombie ? '' : stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  } catch {
    return '';
  }
}
