import { oversized, type SizeChange, type SizeLimits } from '@flagtree/engine';
import { Unprocessable } from '../../platform/http/problems/problem.js';

/** A size that a change changes, beside the most that it may be. */
export interface ToldSize extends SizeChange {
  limit: number;
}

const SHOWN = 20;

/** The nearest to their limits. */
export function nearestLimits(changes: readonly SizeChange[], limits: SizeLimits): ToldSize[] {
  return changes
    .map((change) => ({ ...change, limit: limits[change.of] }))
    .sort((a, b) => b.after / b.limit - a.after / a.limit)
    .slice(0, SHOWN);
}

/**
 * What somebody makes reaches all who read the environment, whatever it says there: so it may only be so large.
 * @throws {Unprocessable} naming the limit, the setting and what to do.
 */
export function assertFits(changes: readonly SizeChange[], limits: SizeLimits): void {
  const tooLarge = nearestLimits(oversized(changes, limits), limits);
  const [worst] = tooLarge;
  if (!worst) return;
  const { setting, next, unit } = TEXTS[worst.of];
  const amount = (of: number) => `${of.toLocaleString('en')}${unit}`;
  throw new Unprocessable(
    'too-large',
    `This would make ${named(worst)} ${amount(worst.after)}, and ${setting} allows ${amount(worst.limit)}: ${next}. Nothing was changed.`,
    [],
    { sizes: tooLarge },
  );
}

function named({ of, key, environment }: SizeChange): string {
  if (of === 'snapshot') return `the snapshot of "${environment ?? ''}"`;
  if (of === 'segment') return `the segment "${key ?? ''}"`;
  if (of !== 'flag') return `the number of ${of}`;
  return `"${key ?? ''}"${environment === null ? '' : ` in ${environment}`}`;
}

const TEXTS: Record<SizeChange['of'], { setting: string; next: string; unit: string }> = {
  flag: {
    setting: 'FLAGTREE_FLAG_SIZE_LIMIT',
    next: 'shorten its variants and rules, or let rules name segments',
    unit: ' bytes',
  },
  segment: { setting: 'FLAGTREE_SEGMENT_SIZE_LIMIT', next: 'divide it, and let one segment name the others', unit: ' bytes' },
  snapshot: {
    setting: 'FLAGTREE_SNAPSHOT_SIZE_LIMIT',
    next: 'archive flags that nobody asks for, or make the largest ones smaller',
    unit: ' bytes',
  },
  flags: { setting: 'FLAGTREE_FLAG_LIMIT', next: 'archived flags count as well, so let the operator raise it', unit: '' },
  environments: { setting: 'FLAGTREE_ENVIRONMENT_LIMIT', next: 'delete those that nobody uses', unit: '' },
  segments: { setting: 'FLAGTREE_SEGMENT_LIMIT', next: 'delete those that no flag names', unit: '' },
};
