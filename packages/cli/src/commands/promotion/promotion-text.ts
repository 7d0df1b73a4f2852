import type { Promotion } from '@flagtree/api';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import { counted, effectLines, inline } from '../../output/diff.js';
import type { Style } from '../../output/style.js';
import { harmless } from '../../output/width.js';

/** What it writes, what that changes, and what stands against it. */
export function planLines(promotion: Promotion, style: Style): string[] {
  const { from, changes, redundant, kept, skipped, branches, gates, conflicts } = promotion;
  const { colours } = style;
  const untried = branches.filter(({ reachedBy }) => reachedBy.length === 0);
  return [
    ...changes.map(
      ({ environment, flag, field, action, after }) =>
        `${harmless(flag)} in ${environment}: ${action} ${field}${action === 'set' ? ` = ${inline(after)}` : ''}`,
    ),
    ...effectLines(promotion, style),
    ...redundant
      .filter(({ pruned }) => !pruned)
      .map(
        ({ environment, flag, field }) =>
          `  ${harmless(flag)} in ${environment}: its own ${field} is no longer needed (--prune removes it)`,
      ),
    ...kept
      .filter(({ endsLayering }) => endsLayering)
      .map(({ environment, flag }) => `  ${harmless(flag)} in ${environment}: its rules are one list of its own from now on`),
    ...skipped.map((flag) => `  ${harmless(flag)}: skipped, ${from} overrides nothing of it`),
    ...untried.map(
      ({ environment, flag, branch }) => `  ${harmless(flag)} in ${environment}: no check or context reaches ${branch}`,
    ),
    ...conflicts.map(({ environment, flag, field }) => `  ${harmless(flag)} in ${environment}: ${field} has been changed since`),
    ...gates
      .filter(({ state }) => state !== 'passed')
      .map(({ gate, state, reason }) => colours.red(`  ! gate ${gate} ${state}: ${harmless(reason)}`)),
  ];
}

/** One sentence: what came of it, or would. */
export function verdict(promotion: Promotion): string {
  const { flags, from, to, result, changeCount, effectCount, revision, id, dryRun, plan } = promotion;
  const what = `${flags.map(harmless).join(', ') || 'No flag fits'}: ${from} → ${[to].flat().join(', ')}`;
  const count = `${counted(changeCount, 'field')} written, ${counted(effectCount, 'value')} changed`;
  if (result === 'no-op') return `${what}: nothing to do.`;
  if (result === 'blocked') return `${what}: ${dryRun ? 'would be' : 'is'} blocked, nothing was changed (${count}).`;
  if (dryRun) return `${what}: would be applied; --plan-id=${plan.id} does exactly this (${count}).`;
  return `${what}: applied, ${count} (revision ${revision}, promotion ${id}).`;
}

/** Of a plan that goes no further. */
export function exitOfBlocked({ gates }: Promotion, isDry: boolean): ExitCode {
  if (isDry) return EXIT.differs;
  const open = gates.filter(({ state }) => state !== 'passed');
  return open.length > 0 && open.every(({ state }) => state === 'waiting') ? EXIT.waits : EXIT.refused;
}
