import { descendantsOf, type Environment, environmentNamed, fieldChanges, slicedKeep, touchedFlags } from '@flagtree/engine';
import { Unprocessable } from '../../platform/http/problems/problem.js';
import { runInSlices } from '../../platform/run-in-slices.js';
import type { Change } from '../change/change.js';
import { writeRows } from '../change/write-rows.js';

/**
 * Honours `keep`: the named environments get what they have now as overrides, in the same revision.
 * @throws {Unprocessable} for a name of no environment or of one that the change writes, and for what no override can keep.
 */
export async function keepOthers(change: Change): Promise<void> {
  const { before, state, write } = change;
  if (write.keep === null) return;
  const written = writtenEnvironments(change);
  const keep = write.keep === true || write.keep.map((name, index) => keptEnvironment(change, name, index, written));
  const hasMoved = before.environments !== state.environments;
  const flags = (hasMoved ? [...state.flags.values()] : touchedFlags(before, state)).map(({ key }) => key);
  const slugs = written.map(({ slug }) => slug);
  const reason = `kept from ${slugs.length === 0 ? 'a change of the base' : slugs.join(', ')}`;
  const { rows, obstacles, layeringsEnd } = await runInSlices(slicedKeep(before, state, { keep, written: slugs, flags, reason }));
  if (obstacles.length > 0) {
    throw new Unprocessable(
      'cannot-keep',
      `${String(obstacles[0]?.detail)}. Nothing was changed.`,
      obstacles.map(({ detail, ...place }) => ({
        pointer: write.keepPointer ?? '/keep',
        code: 'cannot-keep',
        detail: `${detail}.`,
        ...place,
      })),
    );
  }
  if (rows.length > 0) await writeRows(change, rows);
  change.besides.kept.push(...fieldChanges(rows).map(({ environment, flag, field }) => ({ environment, flag, field })));
  change.besides.layeringsEnd.push(...layeringsEnd);
}

/** The environments whose overrides the change writes: what it is about. */
export function writtenEnvironments({ state, entries }: Change): Environment[] {
  const rows = entries.filter(({ table }) => table === 'environment_flags').map(({ before, after }) => after ?? before);
  const ids = new Set(rows.map((row) => row?.['environment_id'] as string));
  return [...ids].flatMap((id) => state.environments.get(id) ?? []);
}

function keptEnvironment(
  { state, write: { keepPointer = '/keep' } }: Change,
  name: string,
  index: number,
  written: readonly Environment[],
): string {
  const at = (code: string, detail: string) => [
    { pointer: keepPointer.startsWith('?') ? keepPointer : `${keepPointer}/${String(index)}`, code, detail },
  ];
  const environment = environmentNamed(state, name);
  if (!environment) {
    const detail = `There is no environment "${name}" to keep as it is.`;
    throw new Unprocessable('environment-not-found', detail, at('environment-not-found', detail));
  }
  const { slug } = environment;
  if (written.includes(environment)) {
    const detail = `"${slug}" is what this write changes: keep environments below it.`;
    throw new Unprocessable('keep-is-written', detail, at('keep-is-written', detail));
  }
  if (written.length > 0 && !written.some((one) => descendantsOf(state, one).includes(environment))) {
    const detail = `"${slug}" inherits nothing from what this write changes: leave it out of "keep".`;
    throw new Unprocessable('keep-is-elsewhere', detail, at('keep-is-elsewhere', detail));
  }
  return slug;
}
