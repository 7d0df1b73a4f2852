import { readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface Postmaster {
  pid: number;
  port: number;
}

/** What `postmaster.pid` tells of a server that runs on this data; null when none does. */
export function findPostmaster(data: string): Postmaster | null {
  const [pid, , , port] = lines(data).map(Number);
  if (pid === undefined || port === undefined) return null;
  if (isRunning(pid) && isOurs(pid, data)) return { pid, port };
  disown(data);
  return null;
}

/** Whether the server with this pid has come so far that it answers at its port: before, somebody else may. It writes so into its file. */
export function hasOpened(data: string, pid: number): boolean {
  const [own, , , , , , , status] = lines(data);
  return Number(own) === pid && status?.trim() === 'ready';
}

/** On Linux, a process that is over but whose exit code nobody has collected yet counts as over; elsewhere somebody always does. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return process.platform !== 'linux' || commandOf(pid) !== '';
}

/**
 * The pid that a dead server has left may belong to another program after a restart of the machine or the container, or still stand for
 * a corpse, and PostgreSQL would not start beside it. It does beside its own parent, which we are, and still makes sure that no orphan
 * of the dead server has the data's shared memory.
 */
function disown(data: string): void {
  const [, ...rest] = lines(data);
  writeFileSync(join(data, 'postmaster.pid'), [String(process.pid), ...rest].join('\n'));
}

function lines(data: string): string[] {
  const text = read(join(data, 'postmaster.pid'));
  return text === '' ? [] : text.split('\n');
}

// Windows does not tell; there the password will.
function isOurs(pid: number, data: string): boolean {
  return process.platform === 'win32' || commandOf(pid).includes(data);
}

/** With its arguments; empty when the process is over, even if nobody has collected its exit code yet. */
function commandOf(pid: number): string {
  if (process.platform === 'linux') return read(`/proc/${pid}/cmdline`);
  if (process.platform === 'win32') return 'unknown';
  return spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
    .stdout.replace('<defunct>', '')
    .trim();
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
