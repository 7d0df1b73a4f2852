import type { Program } from './program.js';
import type { ResolvedContent } from '../resolve/resolve.js';
import type { FlagType, Segment } from '../types.js';

/** Everything needed to evaluate one environment at one revision. Immutable. */
export interface Snapshot {
  /** The slug. */
  readonly environment: string;
  readonly revision: number;
  /** Stands for the names, the chain and the resolved content: the same while nothing of them changes, whatever revision it is. */
  readonly etag: string;
  /** By key, in the order of the keys. Archived flags are absent. */
  readonly flags: ReadonlyMap<string, CompiledFlag>;
  /** Its other names. */
  readonly aliases: readonly string[];
  /** The slugs from the environment to its root; the environment alone when inheritance is switched off. */
  readonly chain: readonly string[];
  /** Flags whose prerequisites have no end (hand-written cycles): these count as not satisfied. */
  readonly endless: ReadonlySet<string>;
  /** Of a part (`partWithTags`): every flag of the environment, of which prerequisites are asked. Absent: `flags` are all of them. */
  readonly whole?: ReadonlyMap<string, CompiledFlag>;
}

export interface CompiledFlag {
  readonly key: string;
  readonly type: FlagType;
  /** The slug of the ancestor from which the flag is as it is; null when the environment or nobody overrides it. */
  readonly inheritedFrom: string | null;
  /** Stands for all that can be seen of the flag in an evaluation and in a document, and its `inheritedFrom`. */
  readonly digest: string;
  /** Why the stored flag cannot be compiled: then the last good one is served, or PARSE_ERROR when there is none. */
  readonly defect: string | null;
  readonly resolved: ResolvedContent;
  /** Those that the program was compiled with: all that its rules reach. */
  readonly segments: ReadonlyMap<string, Segment | undefined>;
  readonly program: Program;
}
