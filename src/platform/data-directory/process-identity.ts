import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds a lock. A pid alone says little: it is used again, after a restart of the machine or in the next container. */
export interface ProcessIdentity {
  /** Tells two locks of one process apart. */
  nonce: string;
  pid: number;
  host: string;
  /** When the process started, in ticks since the boot; null where the system does not tell. */
  started: string | null;
  boot: string | null;
  /** The pid namespace: the same pid in another container is another process. */
  namespace: string | null;
}

export type Liveness = 'alive' | 'dead' | 'unknown';

export function ownIdentity(): ProcessIdentity {
  return {
    nonce: randomUUID(),
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    boot: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** Whether `other` still runs, as far as `self` can see; `unknown` when it lives on another machine or in another container. */
export function livenessOf(other: ProcessIdentity, self: ProcessIdentity): Liveness {
  if (other.host !== self.host) return 'unknown';
  if (other.boot !== self.boot) return 'dead'; // the machine has restarted since
  if (other.namespace !== self.namespace) return 'unknown';
  if (!isRunning(other.pid)) return 'dead';
  return startOf(other.pid) === other.started ? 'alive' : 'dead';
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

// Fields 3 and 22 of /proc/<pid>/stat; the second field, the name, may itself hold spaces and brackets.
function startOf(pid: number): string | null {
  return orNull(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isZombie = fields[0] === 'Z';
    return isZombie ? null : (fields[19] ?? null);
  });
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
