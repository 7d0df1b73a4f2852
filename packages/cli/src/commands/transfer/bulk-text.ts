import type { BulkResult } from '@flagtree/api';
import { counted } from '../../output/diff.js';
import type { Style } from '../../output/style.js';
import { harmless } from '../../output/width.js';

const MARKS = { changed: '~', unchanged: ' ', refused: '!' } as const;

export function bulkText(
  { items, changed, unchanged, refused, revision }: BulkResult,
  { colours }: Style,
  isDry: boolean,
): string {
  const lines = items
    .filter(({ outcome }) => outcome !== 'unchanged')
    .map(({ outcome, flag, environment, detail }) => {
      const line = `  ${MARKS[outcome]} ${harmless(flag)} in ${harmless(environment)}: ${outcome}${detail === undefined ? '' : ` (${harmless(detail)})`}`;
      return outcome === 'refused' ? colours.red(line) : line;
    });
  const counts = `${counted(changed, 'override')} ${isDry ? 'would be ' : ''}written, ${unchanged} unchanged, ${refused} refused`;
  return [...lines, `${counts}${isDry ? '; nothing was changed' : ` (revision ${revision})`}.`].join('\n');
}
