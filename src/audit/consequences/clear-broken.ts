import { environmentBySlug, flagByKey, slicedClearing } from '@flagtree/engine';
import { runInSlices } from '../../platform/run-in-slices.js';
import { placeOf } from '../questions/made-change.js';
import { introducedBy } from '../questions/new-defects.js';
import type { Change } from '../change/change.js';
import { writtenEnvironments } from './keep-others.js';
import { writeRows } from '../change/write-rows.js';

/** Honours `force`: fields of less guarded environments that the change would break are cleared in the same revision, by nobody's leave. */
export async function clearBroken(change: Change): Promise<void> {
  if (!change.write.force) return;
  const introduced = await runInSlices(introducedBy(change));
  if (introduced.length === 0) return;
  const { before, state } = change;
  // A base or a segment is everybody's: whatever is below anything is below what such a write is about.
  const isOfAll = change.entries.some(({ table }) => table === 'flags' || table === 'segments');
  const written = new Set(isOfAll ? state.environments.keys() : writtenEnvironments(change).map(({ id }) => id));
  const { rows, fields } = await runInSlices(slicedClearing(before, state, introduced, written));
  if (rows.length === 0) return;
  const asked = new Set(change.entries.map(({ before: was, after }) => (after ?? was)?.['id'] as string));
  for (const { environment: slug, flag: key } of rows) {
    const [environment, flag] = [environmentBySlug(state, slug), flagByKey(state, key)];
    const row = environment && flag && state.overrides.get(flag.id)?.get(environment.id);
    if (row && !asked.has(row.id)) change.unasked.rows.add(row.id);
  }
  for (const field of fields) change.unasked.places.add(placeOf(field));
  await writeRows(change, rows);
  change.besides.cleared.push(...fields);
}
