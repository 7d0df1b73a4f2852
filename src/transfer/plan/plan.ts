import type { PlannedEntry } from '../../audit/change/write-entries.js';
import { deepEqual, type Defect, type Environment, type EnvironmentFlag, type Flag, rowOf, type Segment } from '@flagtree/engine';
import type { CoreSection } from '@flagtree/engine/states';

/** How many items of a section were what. Removed flags are archived. */
export interface SectionCounts {
  created: number;
  updated: number;
  removed: number;
  unchanged: number;
}

export const noCounts = (): SectionCounts => ({ created: 0, updated: 0, removed: 0, unchanged: 0 });

type Thing = Environment | Flag | EnvironmentFlag | Segment;

/** Collects what an import has to write, and what of it does not fit. */
export class Plan {
  readonly entries: PlannedEntry[] = [];
  readonly defects: Defect[] = [];
  readonly counts: Partial<Record<CoreSection, SectionCounts>> = {};

  count(section: CoreSection): SectionCounts {
    return (this.counts[section] ??= noCounts());
  }

  /** Makes `existing` what is wanted, or creates it. */
  put<T extends Thing>(count: SectionCounts, table: PlannedEntry['table'], existing: T | undefined, wanted: T): void {
    if (existing && deepEqual(existing, wanted)) {
      count.unchanged++;
      return;
    }
    if (existing) count.updated++;
    else count.created++;
    this.entries.push({ table, before: existing ? rowOf(existing) : null, after: rowOf(wanted) });
  }

  remove(count: SectionCounts, table: PlannedEntry['table'], thing: Thing): void {
    count.removed++;
    this.entries.push({ table, before: rowOf(thing), after: null });
  }

  refuse(pointer: string, code: string, detail: string): void {
    this.defects.push({ pointer, code, detail });
  }
}
