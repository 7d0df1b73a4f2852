import type { CompiledFlag, Snapshot } from '../compile/snapshot.js';
import type { Source } from '../resolve/resolve.js';
import {
  type Bucketing,
  type Condition,
  FLAG_FIELDS,
  type FlagField,
  type FlagFields,
  type FlagMetadata,
  type FlagType,
  type OnMissingKey,
  type Prerequisite,
  type Rule,
  type Segment,
  type Variant,
} from '../types.js';

/** Of documents whose members mean what they mean here. A reader that knows another one has to leave this one alone. */
export const SNAPSHOT_FORMAT = 1;

/** A flag as it is in one environment: all that an evaluator needs of it. */
export interface SnapshotFlag extends FlagFields {
  type: FlagType;
  bucketing: Bucketing;
  salt: string;
  onMissingKey: OnMissingKey;
  prerequisites: Prerequisite[];
  metadata: FlagMetadata;
  inheritedFrom: string | null;
  /** Only of a flag that goes on as it last was: the segments of that time, which count for this flag instead of those of the document. */
  segments?: Record<string, SnapshotSegment>;
  sources?: SnapshotSources;
}

/** Only in a document with details: the slug of the environment that each field, and each rule, comes from; null: the flag itself. */
export interface SnapshotSources {
  fields: Record<FlagField, string | null>;
  rules: (string | null)[];
}

/** A flag that nobody can evaluate: it answers PARSE_ERROR. */
export interface DefectiveFlag {
  defect: string;
}

export interface SnapshotSegment {
  conditions: Condition[];
}

export interface SnapshotDocument {
  format: typeof SNAPSHOT_FORMAT;
  environment: string;
  /** The environment's other names. */
  aliases: string[];
  /** The slugs from the environment to its root. */
  chain: string[];
  revision: number;
  etag: string;
  flags: Record<string, SnapshotFlag | DefectiveFlag>;
  segments: Record<string, SnapshotSegment>;
}

export interface DocumentOptions {
  /** With the names of rules, the descriptions of variants, and where everything comes from. */
  details?: boolean;
}

/** Everything that an evaluator outside of this server needs for one environment. Flags and segments are sorted by key. */
export function snapshotDocument(snapshot: Snapshot, options: DocumentOptions = {}): SnapshotDocument {
  const { environment, aliases, chain, revision, etag } = snapshot;
  return {
    format: SNAPSHOT_FORMAT,
    environment,
    aliases: [...aliases],
    chain: [...chain],
    revision,
    etag,
    ...documentOf(snapshot.flags.values(), options),
  };
}

/** These flags, by key, and the segments that they reach. */
export function documentOf(
  flags: Iterable<CompiledFlag>,
  options: DocumentOptions = {},
): Pick<SnapshotDocument, 'flags' | 'segments'> {
  const rows: [string, SnapshotFlag | DefectiveFlag][] = [];
  const reached = new Map<string, Segment>();
  for (const flag of flags) {
    rows.push([flag.key, snapshotFlag(flag, options)]);
    addReached(flag, reached);
  }
  return { flags: Object.fromEntries(rows), segments: conditionsOf(reached) };
}

/** The segments of a document. A flag that goes on as it last was has its own. */
export function addReached({ defect, segments }: CompiledFlag, reached: Map<string, Segment>): void {
  if (defect !== null) return;
  for (const [key, segment] of segments) if (segment) reached.set(key, segment);
}

/** Sorted by key. */
export function conditionsOf(segments: CompiledFlag['segments']): Record<string, SnapshotSegment> {
  const rows: [string, SnapshotSegment][] = [];
  for (const key of [...segments.keys()].sort()) {
    const segment = segments.get(key);
    if (segment) rows.push([key, { conditions: segment.conditions }]);
  }
  return Object.fromEntries(rows);
}

/** What an evaluator needs of a flag: what is served, which is not always what is stored. */
export function snapshotFlag(compiled: CompiledFlag, { details = false }: DocumentOptions = {}): SnapshotFlag | DefectiveFlag {
  const { resolved, defect, inheritedFrom, program } = compiled;
  if (defect !== null && program.constant?.ok === false) return { defect };
  const { flag, fields } = resolved;
  return {
    type: flag.type,
    enabled: fields.enabled.value,
    percentage: fields.percentage.value,
    rules: details ? fields.rules.value : fields.rules.value.map(withoutName),
    variants: details ? fields.variants.value : fields.variants.value.map(withoutDescription),
    defaultVariant: fields.defaultVariant.value,
    offVariant: fields.offVariant.value,
    bucketing: flag.bucketing,
    salt: flag.salt ?? flag.key,
    onMissingKey: flag.onMissingKey,
    prerequisites: flag.prerequisites,
    metadata: flag.metadata,
    inheritedFrom,
    ...(defect !== null && compiled.segments.size > 0 && { segments: conditionsOf(compiled.segments) }),
    ...(details && { sources: sourcesOf(resolved) }),
  };
}

function withoutName(rule: Rule): Rule {
  if (rule.name === undefined) return rule;
  const { name: _name, ...rest } = rule;
  return rest;
}

function withoutDescription(variant: Variant): Variant {
  if (variant.description === undefined) return variant;
  const { description: _description, ...rest } = variant;
  return rest;
}

function sourcesOf({ fields, ruleSources }: CompiledFlag['resolved']): SnapshotSources {
  const slugOf = (source: Source) => (source.kind === 'flag' ? null : source.slug);
  return {
    fields: Object.fromEntries(FLAG_FIELDS.map((field) => [field, slugOf(fields[field].source)])) as SnapshotSources['fields'],
    rules: ruleSources.map(slugOf),
  };
}
