import type { Flag } from '@flagtree/api';

/** What a person is about to write in one environment. Null: inherit; absent: as it is. */
export interface Draft {
  enabled?: boolean | null;
  percentage?: number | null;
  defaultVariant?: string | null;
  offVariant?: string | null;
  rules?: Flag['rules'] | null;
  rulesMode?: 'replace' | 'prepend' | 'append';
}

export type DraftField = Exclude<keyof Draft, 'rulesMode'>;

export const isEmpty = (draft: Draft): boolean => Object.keys(draft).length === 0;

/** What takes a write back: the fields that it wrote, as the override had them before. */
export function inverseOf(draft: Draft, before: Flag): Draft {
  const { override } = before;
  const inverse: Draft = {};
  if ('enabled' in draft) inverse.enabled = override?.enabled ?? null;
  if ('percentage' in draft) inverse.percentage = override?.percentage ?? null;
  if ('defaultVariant' in draft) inverse.defaultVariant = override?.defaultVariant ?? null;
  if ('offVariant' in draft) inverse.offVariant = override?.offVariant ?? null;
  if ('rules' in draft) inverse.rules = override?.rules ?? null;
  if ('rulesMode' in draft) inverse.rulesMode = override?.rulesMode ?? 'replace';
  return inverse;
}

/** The same write for a POSIX shell. The token stays in a variable. */
export function curlOf(root: string, key: string, environment: string, draft: Draft, reason: string): string {
  const body = JSON.stringify({ environment, ...draft, ...(reason === '' ? {} : { reason }) });
  return [
    `curl -X PATCH ${quoted(`${root}api/admin/feature-flags/${encodeURIComponent(key)}`)}`,
    `-H "Authorization: Bearer $FLAGTREE_TOKEN"`,
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(body)}`,
  ].join(' \\\n  ');
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
