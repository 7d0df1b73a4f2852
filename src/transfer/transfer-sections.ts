import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Change } from '../audit/change/change.js';
import type { Defect, Flag, JsonObject, State } from '@flagtree/engine';
import type { StatesSelection } from '@flagtree/engine/states';
import type { SectionCounts } from './plan/plan.js';
import type { ImportMode } from './plan/import-options.js';

export interface SectionScope {
  mode: ImportMode;
  selection: StatesSelection;
}

/**
 * A part of exported states that another module knows: its rows name flags and environments by key and slug, never by id. The module
 * registers it when it starts; exports, imports and the schema then have it.
 */
export interface TransferSection {
  /** The member of the document. */
  readonly name: string;
  /** The JSON Schema of one item. */
  readonly item: object;
  /** What is selected (these flags, with what the selection says besides), whole, without ids and times of writing, and always in the same order; null: the section does not speak of parts. */
  export(manager: EntityManager, state: State, selection: StatesSelection, flags: readonly Flag[]): Promise<JsonObject[] | null>;
  /** What is wrong with the shape of the items; pointers are relative to the list. */
  check(items: unknown[]): Defect[];
  /**
   * Makes what is stored what the items say, within an open change whose `state` has the document's flags and environments already.
   * Writes nothing that is so already, and with `replace` removes what the items do not name, as far as `selection` goes.
   */
  import(change: Change, items: JsonObject[], scope: SectionScope): Promise<SectionCounts>;
}

@Injectable()
export class TransferSections {
  private readonly sections = new Map<string, TransferSection>();

  register(section: TransferSection): void {
    this.sections.set(section.name, section);
  }

  /** By name, so that documents do not depend on who started first. */
  get all(): TransferSection[] {
    return [...this.sections.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get checks(): ReadonlyMap<string, (items: unknown[]) => Defect[]> {
    return new Map(this.all.map((section) => [section.name, (items) => section.check(items)]));
  }

  get items(): ReadonlyMap<string, object> {
    return new Map(this.all.map(({ name, item }) => [name, item]));
  }
}
