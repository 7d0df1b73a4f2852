import { spawnSync } from 'node:child_process';
import { UsageError } from '../command-error.js';

/** Runs git without a shell. @throws {UsageError} where it is not there, or refuses */
export function git(cwd: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('git', ['-c', 'core.quotePath=false', ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error)
    throw new UsageError(
      `git cannot be run (${(error as NodeJS.ErrnoException).code ?? error.message}): install it, or leave out what asks it.`,
      { cause: error },
    );
  if (status !== 0) throw new UsageError(`git ${args[0] ?? ''} failed: ${stderr.trim().split('\n')[0] ?? ''}`);
  return stdout;
}

/** The files of a directory, by their paths in it, that differ from where this branch left `ref`, edits that are not committed included. */
export function changedSince(directory: string, ref: string): Set<string> {
  let base: string;
  try {
    base = git(directory, ['merge-base', ref, 'HEAD']).trim();
  } catch (cause) {
    const isShallow = git(directory, ['rev-parse', '--is-shallow-repository']).trim() === 'true';
    const next = isShallow ? 'This clone is shallow: git fetch --unshallow, or fetch-depth: 0 in CI.' : 'Is it fetched?';
    throw new UsageError(`git knows no common ancestor of ${JSON.stringify(ref)} and HEAD. ${next}`, { cause });
  }
  const changed = git(directory, ['diff', '--name-only', '--relative', '--no-renames', '-z', base, '--', '.']);
  const fresh = git(directory, ['ls-files', '--others', '--exclude-standard', '-z', '--', '.']);
  return new Set([...changed.split('\0'), ...fresh.split('\0')].filter((path) => path !== ''));
}
