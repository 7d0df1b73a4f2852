import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Readers see the old content or the new one, never a part; both file and name are on disk when the promise is fulfilled. Nothing is left
 * of what fails: on a full disk a draft would take the last of the space.
 */
export async function writeFileAtomically(path: string, text: string | readonly string[], mode: number): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  await rm(draft, { force: true });
  try {
    await writeDraft(draft, text, mode);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined); // the first failure is the one to tell
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function writeDraft(path: string, text: string | readonly string[], mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    for (const piece of typeof text === 'string' ? [text] : text) await file.writeFile(piece); // each goes on where the last one ended
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes creations, renames and deletions in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return; // it cannot open a directory
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
