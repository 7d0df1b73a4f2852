import type { Conditions } from '../conditions/compile-conditions.js';
import type { Program } from './program.js';
import { baseOf, type ResolvedContent } from '../resolve/resolve.js';
import type { CompiledFlag } from './snapshot.js';
import type { State } from '../state/state.js';
import type { Condition, Flag, Segment } from '../types.js';

/** A program, and from what it was made: environments that resolve a flag to the same share it. */
export interface SharedProgram {
  program: Program;
  /** Of the content, whatever the environment. */
  digest: string;
  /** With the environment's `inheritedFrom`. */
  digestsFrom: Map<string, string> | undefined;
  fields: ResolvedContent['fields'];
  segments: ReadonlyMap<string, Segment | undefined>;
}

/**
 * What was found out about the immutable rows of one flag and its overrides, by their identity, so that it is found out once for all
 * environments and revisions. Plain maps in one weak map: the collector pays for each weak entry.
 */
export interface FlagMemo {
  /** The flag as it is wherever nobody overrides it: the same object in all these environments. */
  base: ResolvedContent;
  /** What that was compiled to last. */
  unchanged: CompiledFlag | undefined;
  programs: SharedProgram[];
  /** Rules and lists that have the right shape. */
  sound: Set<object>;
  digests: Map<object, string>;
  /** Good for these segments only. */
  tests: Map<readonly Condition[], Conditions>;
  segments: State['segments'];
}

const KEPT_PROGRAMS = 64;
const KEPT_PARTS = 2000;
const memos = new WeakMap<Flag, FlagMemo>();

export function memoOf(flag: Flag, segments: State['segments']): FlagMemo {
  let memo = memos.get(flag);
  if (!memo) {
    memo = {
      base: baseOf(flag),
      unchanged: undefined,
      programs: [],
      sound: new Set(),
      digests: new Map(),
      tests: new Map(),
      segments,
    };
    memos.set(flag, memo);
  }
  if (memo.segments !== segments) {
    memo.tests.clear();
    memo.segments = segments;
  }
  // overrides come and go while the flag's own row stays: forget now and then
  if (memo.programs.length > KEPT_PROGRAMS || memo.sound.size > KEPT_PARTS) {
    memo.programs = [];
    for (const known of [memo.sound, memo.digests, memo.tests]) known.clear();
  }
  return memo;
}
