import type { Change } from '../audit/change/change.js';
import { writeRows } from '../audit/change/write-rows.js';
import { type Flag, flagByKey, type RowEdit } from '@flagtree/engine';

/**
 * A new flag of which nobody said whether it is on gets an override wherever an environment itself sets `default_enabled`, also of the value
 * that it would inherit: a base that is turned on later does not reach it. It is the will of who set the key, so no right is asked to write it.
 */
export async function writeDefaults(change: Change, key: string): Promise<void> {
  const rows = [...change.state.environments.values()].flatMap(({ slug, settings }): RowEdit[] => {
    const enabled = settings.default_enabled;
    const after = { enabled: enabled === true, reason: `default_enabled of ${slug}` };
    return typeof enabled === 'boolean' ? [{ environment: slug, flag: key, before: null, after }] : [];
  });
  if (rows.length === 0) return;
  await writeRows(change, rows);
  const flag = flagByKey(change.state, key) as Flag;
  for (const { id } of change.state.overrides.get(flag.id)?.values() ?? []) change.unasked.rows.add(id);
}
