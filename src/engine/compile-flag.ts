import { canonicalJson } from './canonical.js';
import { digestOf } from './digest.js';
import { deepEqual } from './equal.js';
import { compileProgram, failedProgram, type Program } from './program.js';
import { segmentsReachedBy } from './references.js';
import { contentDefects } from './resolved-defects.js';
import { resolveAlong, type ResolvedFlag } from './resolve.js';
import type { CompiledFlag } from './snapshot.js';
import type { State } from './state.js';
import type { Environment, Flag, Segment } from './types.js';

/** Never throws. What cannot be compiled goes on as it last was (`previous`), or answers PARSE_ERROR. */
export function compileFlag(
  state: State,
  chain: readonly Environment[],
  flag: Flag,
  previous: CompiledFlag | undefined,
): CompiledFlag {
  let resolved: ResolvedFlag;
  let compiled: Compiled;
  try {
    resolved = resolveAlong(chain, state.overrides.get(flag.id), flag);
    compiled = compileResolved(resolved, state.segments);
  } catch (error) {
    return defective(flag, chain, `it cannot be read: ${error instanceof Error ? error.message : String(error)}`, previous);
  }
  if (typeof compiled === 'string') return defective(flag, chain, compiled, previous);
  const { inheritedFrom } = resolved;
  const digest = inheritedFrom === null ? compiled.digest : digestOf(`${compiled.digest} ${inheritedFrom}`);
  if (previous?.digest === digest && previous.defect === null && deepEqual(previous.resolved, resolved)) return previous;
  return { key: flag.key, type: flag.type, inheritedFrom, digest, defect: null, resolved, program: compiled.program };
}

function defective(flag: Flag, chain: readonly Environment[], defect: string, previous: CompiledFlag | undefined): CompiledFlag {
  if (previous?.defect === defect) return previous;
  if (previous && previous.program.constant?.ok !== false) return { ...previous, defect };
  return {
    key: flag.key,
    type: flag.type,
    inheritedFrom: null,
    digest: digestOf(`${flag.key} ${defect}`),
    defect,
    resolved: resolveAlong(chain, undefined, flag),
    program: failedProgram(`flag "${flag.key}" cannot be evaluated: ${defect}`),
  };
}

type Compiled = SharedProgram | string;

/** A program, and from what it was made: environments that resolve a flag to the same share it. */
interface SharedProgram {
  program: Program;
  digest: string;
  fields: ResolvedFlag['fields'];
  segments: ReadonlyMap<string, Segment | undefined>;
}

const KEPT_PROGRAMS = 64;
const programs = new WeakMap<Flag, SharedProgram[]>();

function compileResolved(resolved: ResolvedFlag, segments: State['segments']): Compiled {
  let known = programs.get(resolved.flag);
  if (!known) programs.set(resolved.flag, (known = []));
  const shared = known.find((one) => sameFields(one.fields, resolved.fields) && sameSegments(one.segments, segments));
  if (shared) return shared;
  const [defect] = contentDefects(segments, resolved);
  if (defect) return `${defect.field}: ${defect.detail}`;
  const reached = [...segmentsReachedBy(segments, resolved.fields.rules.value)].sort();
  const used = new Map(reached.map((key) => [key, segments.get(key)]));
  const made = {
    program: compileProgram(resolved, segments),
    digest: contentDigest(resolved, used),
    fields: resolved.fields,
    segments: used,
  };
  if (known.length >= KEPT_PROGRAMS) known.shift();
  known.push(made);
  return made;
}

function sameFields(a: ResolvedFlag['fields'], b: ResolvedFlag['fields']): boolean {
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

/** All of the flag that an evaluation can depend on; names, owners and dates are not. */
function contentDigest({ flag, fields }: ResolvedFlag, segments: SharedProgram['segments']): string {
  const { enabled, percentage, rules, variants, defaultVariant, offVariant } = fields;
  const small = [
    flag.key,
    flag.type,
    flag.bucketing,
    flag.salt ?? flag.key,
    enabled.value,
    percentage.value,
    defaultVariant.value,
    offVariant.value,
  ];
  const parts = [
    JSON.stringify(small),
    partDigest(flag.prerequisites),
    partDigest(variants.value),
    ...rules.value.map(partDigest),
  ];
  for (const [key, segment] of segments) parts.push(JSON.stringify(key), partDigest(segment?.conditions ?? []));
  return digestOf(parts.join('\n'));
}

const partDigests = new WeakMap<object, string>();

/** Rows are immutable and share their lists: each is read once, in however many environments it counts. */
function partDigest(part: object): string {
  let digest = partDigests.get(part);
  if (digest === undefined) {
    digest = digestOf(canonicalJson(part));
    partDigests.set(part, digest);
  }
  return digest;
}
