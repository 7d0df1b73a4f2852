import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../support/server.js';

export async function createFlag({ url, adminToken }: Pick<Server, 'url' | 'adminToken'>, key: string): Promise<Response> {
  return fetch(`${url}/api/admin/feature-flags`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });
}

export async function until(what: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await what())) {
    await sleep(10);
    if (Date.now() > end) throw new Error(`It did not happen within ${withinMs} ms: ${String(what)}`);
  }
}

/** A process that is over but whose exit code nobody has collected yet counts as over. */
export function isRunning(pid: number | null): boolean {
  try {
    if (pid === null) return false;
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

function isZombie(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && / Z /.test(readFileSync(stat, 'utf8'));
}
