import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { isRead, type SourceFile } from '../engine.js';
import { CommandError, UsageError } from '../command-error.js';
import { parseFile, type Unreadable } from './parse-file.js';

export interface FilesRead {
  /** As it was given. */
  directory: string;
  files: SourceFile[];
  /** By path within the directory. */
  unreadable: Map<string, Unreadable>;
  texts: Map<string, Buffer>;
}

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_FILES = 100_000;

/** Every file of a directory of flags. @throws {UsageError} for a directory that is none, or has nothing in it */
export function readFiles(directory: string): FilesRead {
  const root = rootOf(directory);
  const read: FilesRead = { directory, files: [], unreadable: new Map(), texts: new Map() };
  for (const path of pathsIn(root, root)) {
    const bytes = bytesOf(join(root, path), directory, path);
    read.texts.set(path, bytes);
    if (bytes.length > MAX_BYTES) {
      read.unreadable.set(path, { rule: 'too-large', message: 'A file has at most 5 MB: split it.', line: 1, column: 1 });
      continue;
    }
    const parsed = parseFile(path, bytes);
    if ('unreadable' in parsed) read.unreadable.set(path, parsed.unreadable);
    else read.files.push({ path, content: parsed.value });
  }
  if (read.texts.size === 0)
    throw new UsageError(`${directory}/ has no files of flags: begin with ${join(directory, '_base', 'flags.yaml')}.`);
  return read;
}

function rootOf(directory: string): string {
  try {
    if (statSync(directory).isDirectory()) return realpathSync(directory);
  } catch (cause) {
    if (!isMissing(cause)) throw notReadable(directory, cause);
    throw new UsageError(`There is no directory ${directory}: name the one that has the flags with --files=<directory>.`, {
      cause,
    });
  }
  throw new UsageError(`${directory} is no directory: name the one that has the flags with --files=<directory>.`);
}

/** Links are followed within the directory only, so that nobody's pull request reads what is beside it. */
function pathsIn(root: string, directory: string, found: string[] = [], seen = new Set<string>()): string[] {
  const real = realpathSync(directory);
  if (seen.has(real)) return found;
  seen.add(real);
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    if (name.startsWith('.')) continue;
    const isLink = lstatSync(path).isSymbolicLink();
    if (isLink && !isWithin(root, path)) throw new UsageError(`${path} leads out of the directory: put the file itself there.`);
    if (statSync(path).isDirectory()) pathsIn(root, path, found, seen);
    else {
      const inner = relative(root, path).split(sep).join('/');
      if (isRead(inner)) found.push(inner);
      if (found.length > MAX_FILES)
        throw new UsageError(`There are more than ${MAX_FILES.toLocaleString('en')} files: is this the right directory?`);
    }
  }
  return found;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (cause) {
    throw notReadable(directory, cause);
  }
}

function bytesOf(path: string, directory: string, inner: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw notReadable(join(directory, inner), cause);
  }
}

function isWithin(root: string, path: string): boolean {
  try {
    const real = realpathSync(path);
    return real === root || real.startsWith(root + sep);
  } catch {
    return false;
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

function notReadable(path: string, cause: unknown): CommandError {
  return new CommandError(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)}).`, 1, { cause });
}
