import { canonicalJson, type JsonObject, nearlyWhole, type State } from '@flagtree/engine';

/** What is looked at of an entry: a row before and after, as jsonb has it. */
interface WrittenRow {
  table: string;
  before: JsonObject | null;
  after: JsonObject | null;
}

/** More help nobody. */
const MAX_WARNINGS = 100;

/** Splits that were written and whose whole numbers were probably meant to be 100 together; `state` has what was written. */
export function splitWarnings(written: readonly WrittenRow[], state: State): string[] {
  const warnings: string[] = [];
  for (const { table, before, after } of written) {
    if (after === null || (table !== 'flags' && table !== 'environment_flags')) continue;
    for (const { pointer, total } of nearlyWhole({ variants: after['variants'], rules: after['rules'] })) {
      const field = pointer.startsWith('/rules') ? 'rules' : 'variants';
      if (before && canonicalJson(before[field]) === canonicalJson(after[field])) continue;
      const why = `the weights at ${pointer} add up to ${total}, not 100: they count in proportion to that`;
      warnings.push(`${nameOf(table, after, state)}: ${why}. Write them as percentages ("33.3 %") to have the sum checked.`);
      if (warnings.length === MAX_WARNINGS) return warnings;
    }
  }
  return warnings;
}

function nameOf(table: string, row: JsonObject, state: State): string {
  if (table === 'flags') return row['key'] as string;
  const flag = state.flags.get(row['flag_id'] as string)?.key ?? '';
  return `${flag} in ${state.environments.get(row['environment_id'] as string)?.slug ?? ''}`;
}
