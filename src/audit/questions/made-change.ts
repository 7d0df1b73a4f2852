import type { Caller } from '../../access/identity/caller.js';
import type { EffectEntry, Entry, State } from '@flagtree/engine';
import type { FormerEnvironments } from './past-environments.queries.js';

/** What a change has done, or would do: the state around it, and the rows in between. */
export interface MadeChange {
  caller: Caller;
  before: State;
  state: State;
  entries: readonly Pick<Entry, 'table' | 'before' | 'after'>[];
  /** What the log knows of environments and names that appear with the change. */
  past?: FormerEnvironments;
  unasked?: Unasked;
  /** Tokens of web pages in force: the tags of a flag say to whom of them it exists. */
  pages?: readonly Caller[];
}

/** What a change writes by the will of others, so that it asks no right of the caller: `default_enabled`, and what `force` clears. */
export interface Unasked {
  /** Ids of override rows. */
  rows: ReadonlySet<string>;
  /** As `placeOf` names them. */
  places: ReadonlySet<string>;
}

export function placeOf({ environment, flag, field }: Pick<EffectEntry, 'environment' | 'flag' | 'field'>): string {
  return `${environment} ${flag} ${field}`;
}
