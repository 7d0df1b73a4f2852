import { compileFlag, defectiveFlag } from '../compile/compile-flag.js';
import type { CompiledFlag } from '../compile/snapshot.js';
import { digestOf } from '../json/digest.js';
import { isPlainObject } from '../json/values.js';
import { emptyState } from '../state/state.js';
import type { Flag, Segment } from '../types.js';
import type { SnapshotFlag } from './snapshot-document.js';

/** All members of a flag in a document; another one may mean anything, so it is not passed over. */
const MEMBERS: Record<keyof SnapshotFlag, true> = {
  type: true,
  enabled: true,
  percentage: true,
  rules: true,
  variants: true,
  defaultVariant: true,
  offVariant: true,
  bucketing: true,
  salt: true,
  onMissingKey: true,
  prerequisites: true,
  metadata: true,
  inheritedFrom: true,
  segments: true,
  sources: true,
};

/** Never throws: what is no flag that this version knows goes on as it was last used, or answers PARSE_ERROR, as what is defective does. */
export function compileRow(
  key: string,
  row: unknown,
  segments: ReadonlyMap<string, Segment>,
  lastUsed: CompiledFlag | undefined,
): CompiledFlag {
  const goesOn = (defect: string) => (lastUsed ? { ...lastUsed, defect } : defectiveFlag(flagOf(key, {}), defect));
  if (!isPlainObject(row)) return goesOn('it is no object');
  if (typeof row['defect'] === 'string') return defectiveFlag(flagOf(key, {}), row['defect']);
  const flag = flagOf(key, row);
  const unknown = Object.keys(row).find((member) => !Object.hasOwn(MEMBERS, member));
  if (unknown !== undefined) return goesOn(`this version does not know its "${unknown}"`);
  const compiled = compileFlag({ ...emptyState(), segments: ownSegments(row) ?? segments }, [], flag, lastUsed);
  const { inheritedFrom } = row;
  if (compiled.defect !== null || typeof inheritedFrom !== 'string') return compiled;
  const digest = digestOf(`${compiled.digest} ${inheritedFrom}`);
  return { ...compiled, inheritedFrom, digest, resolved: { ...compiled.resolved, inheritedFrom } };
}

/** Those that count for this flag instead of the document's. */
export function ownSegments(row: unknown): ReadonlyMap<string, Segment> | undefined {
  const segments = isPlainObject(row) ? row['segments'] : undefined;
  return isPlainObject(segments) ? segmentsIn(segments) : undefined;
}

export function segmentsIn(rows: object): ReadonlyMap<string, Segment> {
  return new Map(Object.entries(rows).map(([key, row]) => [key, segmentOf(key, row)]));
}

const STAMPS = { createdAt: '', updatedAt: '', version: 1 };

function segmentOf(key: string, row: unknown): Segment {
  const conditions = (isPlainObject(row) ? row['conditions'] : undefined) as Segment['conditions'];
  return { id: key, key, name: key, description: null, conditions, ...STAMPS };
}

/** Members are taken as they are: what is wrong with them is found when they are compiled. */
function flagOf(key: string, row: Record<string, unknown>): Flag {
  const { type, enabled, percentage, rules, variants, defaultVariant, offVariant } = row as unknown as SnapshotFlag;
  const { bucketing, salt, onMissingKey, prerequisites, metadata } = row as unknown as SnapshotFlag;
  return {
    id: key,
    key,
    name: key,
    description: null,
    type,
    enabled,
    percentage,
    rules,
    variants,
    defaultVariant,
    offVariant,
    bucketing,
    salt,
    onMissingKey,
    prerequisites,
    metadata,
    owner: null,
    tags: [],
    permanent: false,
    expiresAt: null,
    archivedAt: null,
    ...STAMPS,
  };
}
