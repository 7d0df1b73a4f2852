import { contentDigest } from './content-digest.js';
import { digestOf } from '../json/digest.js';
import { deepEqual } from '../json/equal.js';
import { type FlagMemo, memoOf, type SharedProgram } from './flag-memo.js';
import { compileProgram, failedProgram } from './program.js';
import { segmentsReachedBy } from '../state/references.js';
import { contentDefects } from '../defects/resolved-defects.js';
import { baseOf, resolveContent, type ResolvedContent } from '../resolve/resolve.js';
import type { CompiledFlag } from './snapshot.js';
import type { State } from '../state/state.js';
import type { Environment, Flag } from '../types.js';

/** Never throws. What cannot be compiled goes on as it last was (`previous`), or answers PARSE_ERROR. */
export function compileFlag(
  state: State,
  chain: readonly Environment[],
  flag: Flag,
  previous: CompiledFlag | undefined,
): CompiledFlag {
  let resolved: ResolvedContent;
  let compiled: Compiled;
  let memo: FlagMemo;
  try {
    memo = memoOf(flag, state.segments);
    resolved = resolveContent(chain, state.overrides.get(flag.id), memo.base);
    compiled = compileResolved(resolved, state.segments, memo);
  } catch (error) {
    return defective(flag, `it cannot be read: ${error instanceof Error ? error.message : String(error)}`, previous);
  }
  if (typeof compiled === 'string') return defective(flag, compiled, previous);
  const { inheritedFrom } = resolved;
  const digest = inheritingDigest(compiled, inheritedFrom);
  if (previous?.digest === digest && previous.defect === null && deepEqual(previous.resolved, resolved)) return previous;
  const { program, segments } = compiled;
  const { unchanged } = memo;
  if (unchanged?.resolved === resolved && unchanged.program === program) return unchanged;
  const made = { key: flag.key, type: flag.type, inheritedFrom, digest, defect: null, resolved, segments, program };
  if (resolved === memo.base) memo.unchanged = made;
  return made;
}

function defective(flag: Flag, defect: string, previous: CompiledFlag | undefined): CompiledFlag {
  if (previous?.defect === defect) return previous;
  if (previous && previous.program.constant?.ok !== false) return keptAs(defect, previous);
  return defectiveFlag(flag, defect);
}

/** Answers PARSE_ERROR. */
export function defectiveFlag(flag: Flag, defect: string): CompiledFlag {
  return {
    key: flag.key,
    type: flag.type,
    inheritedFrom: null,
    digest: digestOf(`${flag.key} ${defect}`),
    defect,
    resolved: baseOf(flag),
    segments: NO_SEGMENTS,
    program: failedProgram(`flag "${flag.key}" cannot be evaluated: ${defect}`),
  };
}

/** The last good version. Where it reaches segments, these are from now on its own, whatever becomes of those that others reach. */
function keptAs(defect: string, previous: CompiledFlag): CompiledFlag {
  const isOther = previous.defect === null && previous.segments.size > 0;
  return { ...previous, defect, digest: isOther ? digestOf(`${previous.digest} as it was`) : previous.digest };
}

type Compiled = SharedProgram | string;

function compileResolved(resolved: ResolvedContent, segments: State['segments'], memo: FlagMemo): Compiled {
  const shared = memo.programs.find((one) => sameFields(one.fields, resolved.fields) && sameSegments(one.segments, segments));
  if (shared) return shared;
  const [defect] = contentDefects(segments, resolved, memo.sound);
  if (defect) return `${defect.field}: ${defect.detail}`;
  const reached = segmentsReachedBy(segments, resolved.fields.rules.value);
  const used = reached.size === 0 ? NO_SEGMENTS : new Map([...reached].sort().map((key) => [key, segments.get(key)]));
  const made: SharedProgram = {
    program: compileProgram(resolved, segments, memo.tests),
    digest: contentDigest(resolved, used, memo.digests),
    digestsFrom: undefined,
    fields: resolved.fields,
    segments: used,
  };
  // not pushed: most flags have one program, and a list that grows takes room for many
  memo.programs = [...memo.programs, made];
  return made;
}

const NO_SEGMENTS: SharedProgram['segments'] = new Map();

function inheritingDigest(shared: SharedProgram, inheritedFrom: string | null): string {
  if (inheritedFrom === null) return shared.digest;
  const known = (shared.digestsFrom ??= new Map<string, string>());
  let digest = known.get(inheritedFrom);
  if (digest === undefined) known.set(inheritedFrom, (digest = digestOf(`${shared.digest} ${inheritedFrom}`)));
  return digest;
}

function sameFields(a: ResolvedContent['fields'], b: ResolvedContent['fields']): boolean {
  return (
    a === b ||
    (a.enabled.value === b.enabled.value &&
      a.percentage.value === b.percentage.value &&
      a.variants.value === b.variants.value &&
      a.defaultVariant.value === b.defaultVariant.value &&
      a.offVariant.value === b.offVariant.value &&
      sameRules(a.rules.value, b.rules.value))
  );
}

function sameRules(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (Array.isArray(b) && a.length === b.length && a.every((rule, index) => rule === b[index]));
}

function sameSegments(used: SharedProgram['segments'], segments: State['segments']): boolean {
  for (const [key, segment] of used) if (segments.get(key) !== segment) return false;
  return true;
}
