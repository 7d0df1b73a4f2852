import { existsSync, readFileSync } from 'node:fs';
import type { Server } from '../support/server.js';

type Reached = Pick<Server, 'url' | 'adminToken'>;

export async function createFlag(server: Reached, key: string): Promise<Response> {
  return send(server, 'POST', '', { key });
}

export async function editFlag(server: Reached, key: string, edit: object): Promise<Response> {
  return send(server, 'PATCH', `/${key}`, edit);
}

async function send({ url, adminToken }: Reached, method: string, path: string, body: object): Promise<Response> {
  return fetch(`${url}/api/admin/feature-flags${path}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
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
