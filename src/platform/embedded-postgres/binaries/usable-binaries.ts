import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { canEnter, type Account } from './account.js';
import { restoreLinks, type PostgresPackage } from './package-binaries.js';

/**
 * The programs as npm installed them, where the account can read them and their links are whole; else a copy in the directory that
 * `forCopies` names, made once for each version.
 */
export function usableBinaries({ root, version }: PostgresPackage, account: Account, forCopies: () => string): string {
  if (restoreLinks(root) && canEnter(join(root, 'bin'), account)) return root;
  const copy = join(forCopies(), `postgresql-${version}`);
  if (!isWhole(copy, root)) makeCopy(root, copy);
  return copy;
}

/** A power cut soon after the copy was made may have left it with empty files. */
function isWhole(copy: string, root: string): boolean {
  return ['bin', 'lib'].every((part) =>
    readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
      .filter(isNeeded)
      .every((name) => sizeOf(join(copy, part, name)) === sizeOf(join(root, part, name))),
  );
}

function sizeOf(path: string): number | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() ? 0 : stats?.size;
}

/** Several servers may make it at the same time: the first to be done has made it for all, since others run from it already. */
export function makeCopy(root: string, copy: string): void {
  sweep(copy);
  const draft = `${copy}.${process.pid}.tmp`;
  cpSync(root, draft, { recursive: true, verbatimSymlinks: true, filter: isNeeded });
  try {
    if (!takesPlace(draft, copy) && !isWhole(copy, root)) {
      renameSync(copy, `${copy}.${process.pid}.old.tmp`);
      renameSync(draft, copy);
    }
  } catch (error) {
    if (!isWhole(copy, root)) throw error;
  } finally {
    sweep(copy);
  }
}

/** False: there is something already. */
function takesPlace(draft: string, copy: string): boolean {
  try {
    renameSync(draft, copy);
    return true;
  } catch (error) {
    if (existsSync(copy)) return false;
    throw error;
  }
}

/** Removes our own drafts, and those of processes that were killed while they made one. */
function sweep(copy: string): void {
  for (const name of readdirSync(dirname(copy))) {
    const pid = /\.(\d+)(\.old)?\.tmp$/.exec(name)?.[1];
    if (!name.startsWith(`${basename(copy)}.`) || pid === undefined || isOther(Number(pid))) continue;
    rmSync(join(dirname(copy), name), { recursive: true, force: true });
  }
}

function isOther(pid: number): boolean {
  try {
    return pid !== process.pid && process.kill(pid, 0);
  } catch {
    return false;
  }
}

// Archives are for linking other programs.
function isNeeded(path: string): boolean {
  return !path.endsWith('.a');
}
