import type { AuditEntry } from '@flagtree/api';
import { fieldName, fieldValue } from '../app/words.js';

/** Columns that say nothing to a person. */
const UNSPOKEN = new Set([
  'id',
  'version',
  'created_at',
  'updated_at',
  'environment_id',
  'flag_id',
  'parent_id',
  'search',
  'reason',
]);

const DEEDS: Record<AuditEntry['action'], string> = {
  enable: 'turned on',
  disable: 'turned off',
  archive: 'archived',
  promote: 'promoted',
  revert: 'took back a promotion of',
  import: 'imported',
  restore: 'restored',
  created: 'created',
  updated: 'changed',
  deleted: 'deleted',
};

const KINDS: Record<string, string> = {
  flag: 'the flag',
  'environment-flag': 'the override of',
  environment: 'the environment',
  segment: 'the segment',
  token: 'the token',
  check: 'the check',
  pipeline: 'the pipeline',
  promotion: 'a promotion of',
};

/** One entry as a sentence: who did what to which thing, and where. */
export function sentenceOf({ user, action, entity, flag, environment, before, after }: AuditEntry): string {
  const row = after ?? before ?? {};
  const named = flag ?? textIn(row, ['slug', 'key', 'name']) ?? environment ?? '';
  const where = flag !== null && environment !== null ? ` in ${environment}` : '';
  const kind = action === 'enable' || action === 'disable' ? '' : `${KINDS[entity] ?? entity} `;
  return `${user.replace(/^token:/, '')} ${DEEDS[action]} ${kind}${named}${where}`;
}

export interface FieldChange {
  field: string;
  before: string;
  after: string;
}

/** What an entry changed, field by field, in words. */
export function changesOf({ before, after }: Pick<AuditEntry, 'before' | 'after'>): FieldChange[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter((name) => !UNSPOKEN.has(name));
  return names.flatMap((name) => {
    const [old, now] = [before?.[name] ?? null, after?.[name] ?? null];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    const field = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return [{ field: fieldName(field), before: fieldValue(field, old), after: fieldValue(field, now) }];
  });
}

function textIn(row: Record<string, unknown>, names: readonly string[]): string | null {
  for (const name of names) if (typeof row[name] === 'string') return row[name];
  return null;
}
