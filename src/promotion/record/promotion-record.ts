import type {
  Branch,
  CheckOutcome,
  Dependency,
  EffectEntry,
  FieldChange,
  KeptField,
  RedundantField,
  RevertConflict,
  RowEdit,
  TargetValues,
} from '@flagtree/engine';
import type { PlanId, Result } from '../plan/prepared-promotion.js';
import type { GateResult } from '../gates/standing-gates.js';

/** Of the effect of a large promotion the record keeps this much; `effectTotal` counts all of it. */
export const KEPT_EFFECT = 1_000;

/** The plan as it is kept with a promotion. Records of earlier versions have no `kept` and no `skipped`. */
export interface StoredPlan {
  changes: FieldChange[];
  effect: EffectEntry[];
  effectTotal: number;
  redundant: RedundantField[];
  kept?: KeptField[];
  skipped?: string[];
  dependencies: Dependency[];
  checks: CheckOutcome[];
  branches: Branch[];
  gates: GateResult[];
  conflicts: RevertConflict[];
}

/** A promotion or a revert: what was asked for, and what that comes to. */
export interface PromotionRecord {
  kind: 'promotion' | 'revert';
  reverts: string | null;
  from: string;
  to: readonly string[];
  flags: readonly string[];
  fields: readonly string[];
  mode: string;
  with: TargetValues;
  /** Slugs of the environments that do not follow. */
  keep: readonly string[];
  prune: boolean;
  reason: string | null;
  plan: StoredPlan;
}

/** What is decided about a promotion or a revert before anything is written. */
export interface Decision {
  record: PromotionRecord;
  planId: PlanId;
  result: Result;
  rows: readonly RowEdit[];
}
