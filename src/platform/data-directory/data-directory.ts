import { accessSync, chmodSync, chownSync, constants, existsSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config/config-error.js';
import { writeFileAtomically } from './atomic-file.js';
import { keepReserve, lockDirectory } from './directory-lock.js';
import type { DirectoryLock } from './directory-lock.js';
import { NOBODY } from './nobody.js';

/** The server's own directory: secrets, the private database, the lock that keeps a second server out. */
export interface DataDirectory {
  readonly path: string;
  /** Mode 0600, complete or not there at all, and durable when the promise is fulfilled. Returns the file's path. */
  writeSecret(name: string, text: string): Promise<string>;
  /** Keeps some space for the next start, should the disk be full by then. */
  keepReserve(): void;
  /** Null when there is none. */
  readSecret(name: string): Promise<string | null>;
  release(): void;
}

/**
 * Creates the directory where needed (mode 0700) and takes its lock.
 * @throws ConfigError when it cannot be used, or when another live server has it.
 */
export async function openDataDirectory(path: string, notice: (line: string) => void): Promise<DataDirectory> {
  const lock = await createAndLock(path, notice).catch((error: unknown) => {
    throw explained(path, error);
  });
  return {
    path,
    writeSecret: async (name, text) => {
      await writeFileAtomically(join(path, name), text, 0o600);
      return join(path, name);
    },
    readSecret: async (name) => readFile(join(path, name), 'utf8').catch(nullIfMissing),
    keepReserve: () => {
      keepReserve(path);
    },
    release: () => {
      lock.release();
    },
  };
}

async function createAndLock(path: string, notice: (line: string) => void): Promise<DirectoryLock> {
  if (makeDirectory(path, 0o700)) admitDatabase(path);
  accessSync(`${path}/.`, constants.R_OK | constants.W_OK | constants.X_OK);
  return lockDirectory(path, notice);
}

// Not mkdir's `recursive`: Node never comes back from it below /proc.
function makeDirectory(path: string, mode: number): boolean {
  if (existsSync(path)) return false;
  if (!existsSync(dirname(path))) makeDirectory(dirname(path), 0o755);
  mkdirSync(path, { mode });
  return true;
}

// PostgreSQL refuses to run as root: its account may pass through to its own subdirectory, and see nothing else.
function admitDatabase(path: string): void {
  if (process.getuid?.() !== 0) return;
  chownSync(path, 0, NOBODY);
  chmodSync(path, 0o710);
}

function explained(path: string, error: unknown): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
  if (reason === undefined) return error;
  return new ConfigError([
    `The data directory ${path} cannot be used (${reason}): set FLAGTREE_DATA_DIR to one that can be written`,
  ]);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it cannot be created there',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'it, or a part of its path, is a file',
  ENOSPC: 'the disk is full',
};

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
