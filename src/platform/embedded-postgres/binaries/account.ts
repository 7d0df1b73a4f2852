import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { NOBODY } from '../../data-directory/nobody.js';

/** Whom the private PostgreSQL runs as; null: as the server itself. It refuses to run as root. */
export type Account = { uid: number; gid: number } | null;

/** For a root server, the owner of `path`; `nobody` when that is root too. */
export function accountFor(path: string): Account {
  if (process.getuid?.() !== 0) return null;
  const { uid, gid } = statSync(path);
  return uid === 0 ? { uid: NOBODY, gid: NOBODY } : { uid, gid };
}

/** Asked of the system itself: each directory above counts, and access lists do too. */
export function canEnter(directory: string, account: Account): boolean {
  if (account === null) return true;
  return spawnSync('/bin/sh', ['-c', 'cd -- "$1" && test -r .', 'sh', directory], { ...account, cwd: '/' }).status === 0;
}
