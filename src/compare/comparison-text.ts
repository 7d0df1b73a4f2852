import type { SideValue } from '@flagtree/engine';
import type { ComparisonDto } from './compare.dto.js';

/** The comparison for terminals and for diffs of diffs: one line per field, in a stable order, the verdict last. */
export function comparisonText({
  from,
  to,
  revision,
  toRevision,
  summary,
  differences,
  segments,
  differenceCount,
}: ComparisonDto): string {
  const lines: string[] = [];
  let flag: string | null = null;
  for (const difference of differences) {
    if (difference.flag !== flag) lines.push((flag = difference.flag));
    const [ours, theirs] = [told(difference.from as SideValue), told(difference.to as SideValue)];
    lines.push(`  ${difference.field}: ${ours} → ${theirs}`);
  }
  const more = differenceCount - differences.length;
  if (more > 0) lines.push(`… and ${String(more)} more: compare fewer flags (?key=, ?tag=, ?owner=) to see all`);
  for (const { segment, from: ours, to: theirs } of segments)
    lines.push(`segment ${segment}`, `  conditions: ${JSON.stringify(ours)} → ${JSON.stringify(theirs)}`);
  const at = (moment: number) => (revision === toRevision ? '' : ` at revision ${String(moment)}`);
  return [...lines, `${from}${at(revision)} → ${to}${at(toRevision)}: ${summary}`, ''].join('\n');
}

function told({ value, source, state }: SideValue): string {
  const text = JSON.stringify(value);
  if (source === null) return text;
  const where = source.kind === 'flag' ? 'flag' : source.slug;
  return `${text} (${state === 'inherited' ? `from ${where}` : `set by ${where}`})`;
}
