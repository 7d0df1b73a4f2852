import type { CompiledFlag } from '../compile/snapshot.js';
import type { Lanes } from '../json/digest.js';
import type { State } from '../state/state.js';
import type { Branches } from './branches.js';
import type { FlagForms, Place } from './flag-forms.js';

/** What a tree is made of. */
export interface TreeParts {
  state: State;
  branches: Branches;
  /** By key; archived flags are absent. */
  forms: ReadonlyMap<string, FlagForms>;
  /** The same in the order of the keys. */
  list: readonly FlagForms[];
  /** The keys of the flags that an environment overrides, by its id. */
  overridden: ReadonlyMap<string, ReadonlySet<string>>;
  /** Those that do not compile somewhere. */
  broken: ReadonlyMap<string, FlagForms>;
  /** The sum of the digests of the bases. */
  baseLanes: Lanes;
}

/** What a table of flags reads. */
export interface ReadableTree extends Readonly<TreeParts> {
  /** The flags whose prerequisites have no end, where none is broken. */
  readonly endless: ReadonlySet<string>;
  formAt(key: string, place: Place): CompiledFlag | undefined;
}
