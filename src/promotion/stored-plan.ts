import type {
  Branch,
  CheckOutcome,
  Dependency,
  EffectEntry,
  FieldChange,
  RedundantField,
  RevertConflict,
} from '@flagtree/engine';
import type { GateResult } from './standing-gates.js';

/** Of the effect of a large promotion an answer tells this much, and the record keeps this much; `effectTotal` counts all of it. */
export const TOLD_EFFECT = 10_000;
export const KEPT_EFFECT = 1_000;

/** The plan as it is kept with a promotion, and told. */
export interface StoredPlan {
  changes: FieldChange[];
  effect: EffectEntry[];
  effectTotal: number;
  redundant: RedundantField[];
  dependencies: Dependency[];
  checks: CheckOutcome[];
  branches: Branch[];
  gates: GateResult[];
  conflicts: RevertConflict[];
}

/** What was asked for. */
export interface Asked {
  kind: 'promotion' | 'revert';
  reverts: string | null;
  from: string;
  to: readonly string[];
  flags: readonly string[];
  fields: readonly string[];
  mode: string;
  prune: boolean;
  reason: string | null;
}
