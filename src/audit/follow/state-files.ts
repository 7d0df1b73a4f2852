import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../platform/data-directory/atomic-file.js';
import { BACKGROUND_SLICE_MS, runInSlices } from '../../platform/run-in-slices.js';
import { nameOf, type PositionName, positionNamed, textOf } from './position-names.js';
import { type KeptState, keptState, slicedKeptText } from './state-file-format.js';

const FOLDER = 'snapshots';
const GENERATIONS = 5;
const NAME = /^(\d{12})-revision-(\d+(?:\.[0-9a-f]{6})?)\.json$/;

/** Whether it is worth a try to start without the database. */
export async function hasStateFiles(dataDirectory: string): Promise<boolean> {
  return (await namesIn(dataDirectory)).length > 0;
}

/** The point of the history that the newest one is of; null where there is none, or it is of a version that did not say. */
export async function newestPosition(dataDirectory: string): Promise<PositionName | null> {
  const [name] = await namesIn(dataDirectory);
  return name === undefined ? null : positionOf(name);
}

/**
 * On disk for good when the promise is fulfilled; the oldest of more than five of its history goes. Those of another one stay, as nobody else may
 * have that any more: whoever does not want them deletes them.
 */
export async function writeStateFile(
  dataDirectory: string,
  kept: KeptState,
  now: Date,
  isOfThisHistory: (position: PositionName) => Promise<boolean>,
): Promise<void> {
  const folder = join(dataDirectory, FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = await namesIn(dataDirectory);
  const number = Number(NAME.exec(names[0] ?? '')?.[1] ?? 0) + 1;
  const position = nameOf(kept.position);
  const point = position ? textOf(position) : String(kept.position.state.revision);
  const name = `${String(number).padStart(12, '0')}-revision-${point}.json`;
  await writeFileAtomically(join(folder, name), await runInSlices(slicedKeptText(kept, now), BACKGROUND_SLICE_MS), 0o600);
  const drafts = (await readdir(folder)).filter((other) => other.endsWith('.tmp'));
  const own = await filtered(names, async (other) => {
    const named = positionOf(other);
    return named === null || (await isOfThisHistory(named));
  });
  for (const old of [...own.slice(GENERATIONS - 1), ...drafts]) await rm(join(folder, old), { force: true });
}

const positionOf = (name: string) => positionNamed(NAME.exec(name)?.[2] ?? '');

async function filtered(names: readonly string[], isIn: (name: string) => Promise<boolean>): Promise<string[]> {
  const kept: string[] = [];
  for (const name of names) if (await isIn(name)) kept.push(name);
  return kept;
}

/** The newest that is whole; `notice` is told of each one that is not. Null when there is none. */
export async function newestStateFile(
  dataDirectory: string,
  notice: (line: string) => void,
): Promise<(KeptState & { writtenAt: string }) | null> {
  for (const name of await namesIn(dataDirectory)) {
    const path = join(dataDirectory, FOLDER, name);
    try {
      return keptState(await readFile(path, 'utf8'));
    } catch (error) {
      notice(`The snapshot ${path} cannot be used (${(error as Error).message}): trying the one before it`);
    }
  }
  return null;
}

/** Newest first. */
async function namesIn(dataDirectory: string): Promise<string[]> {
  const names = await readdir(join(dataDirectory, FOLDER)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => NAME.test(name)).sort().reverse(); // prettier-ignore
}
