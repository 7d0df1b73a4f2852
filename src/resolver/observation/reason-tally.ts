import type { Evaluation, Reason } from '@flagtree/engine';

const REASONS: readonly Reason[] = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'ERROR'];

/** How many evaluations had which reason, in places by `reasonIndex`: what is counted for each flag is found by number, not by name. */
export type ReasonTally = number[];

export const emptyTally = (): ReasonTally => REASONS.map(() => 0);

export const reasonIndex = (reason: Reason): number => REASONS.indexOf(reason);

export function count(tally: ReasonTally, place: number, more: number): void {
  tally[place] = (tally[place] as number) + more;
}

export function tallyOf(evaluations: readonly Evaluation[]): ReasonTally {
  const tally = emptyTally();
  for (const { reason } of evaluations) count(tally, reasonIndex(reason), 1);
  return tally;
}

/** Those that occurred, in lower case. */
export const countedReasons = (tally: ReasonTally): [reason: string, count: number][] =>
  REASONS.map((reason, place): [string, number] => [reason.toLowerCase(), tally[place] ?? 0]).filter(([, times]) => times > 0);
