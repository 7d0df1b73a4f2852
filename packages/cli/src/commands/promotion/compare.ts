import type { ComparedValue, Comparison } from '@flagtree/api';
import type { Invocation, Result } from '../../command.js';
import { EXIT } from '../../exit-codes.js';
import { inline } from '../../output/diff.js';
import type { Style } from '../../output/style.js';
import { harmless } from '../../output/width.js';

interface Chosen {
  key: string | undefined;
  tag: string | undefined;
  owner: string | undefined;
  onlyOverrides: boolean;
  at: string | undefined;
  toAt: string | undefined;
  exitZero: boolean;
}

export async function run({
  arguments: { from, to },
  options,
  session,
}: Invocation<{ from: string; to: string }, Chosen>): Promise<Result> {
  const { key, tag, owner, onlyOverrides, at, toAt, exitZero } = options;
  const api = await session.api();
  const comparison = await api.compare.get({ from, to, key, tag, owner, at, toAt, ...(onlyOverrides && { onlyOverrides }) });
  return {
    data: comparison,
    show: (style) => comparisonText(comparison, style),
    exitCode: comparison.identical || exitZero ? EXIT.done : EXIT.differs,
  };
}

function comparisonText({ differences, segments, differenceCount, summary, more }: Comparison, { colours }: Style): string {
  const lines = differences.map(
    ({ flag, field, from, to }) => `  ${colours.yellow('~')} ${harmless(flag)}: ${field} ${side(from)} → ${side(to)}`,
  );
  const ofSegments = segments.map(({ segment }) => `  ${colours.yellow('~')} segment ${harmless(segment)}`);
  const rest = differences.length < differenceCount ? [`  … and ${differenceCount - differences.length} more`] : [];
  return [...lines, ...rest, ...ofSegments, harmless(summary), ...(more === undefined ? [] : [harmless(more)])].join('\n');
}

const side = ({ value, source }: ComparedValue): string =>
  `${inline(value)}${source?.kind === 'environment' ? ` (${harmless(source.slug ?? '')})` : ''}`;
