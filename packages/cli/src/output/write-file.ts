import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from '../command-error.js';

/** Whole or not at all. */
export function writeFile(path: string, content: string, { mode = 0o666 } = {}): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.${process.pid}.tmp`;
    writeFileSync(draft, content, { mode });
    renameSync(draft, path);
  } catch (cause) {
    throw new CommandError(`${path} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`, 1, { cause });
  }
}
