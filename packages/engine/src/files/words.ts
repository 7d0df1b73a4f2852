import type { Check } from '../evaluate/check-outcomes.js';
import type { JsonObject, JsonValue, Rule, RulesMode, Segment, Variant } from '../types.js';
import type { EnvironmentItem, FlagItem } from '../states/states-document.js';

/** A file of a directory of flags, parsed; `path` is relative to the directory, with `/` between names. */
export interface SourceFile {
  path: string;
  content: JsonValue;
}

/** `pointer`: RFC 6901, into the content of the file. */
export interface FilePlace {
  file: string;
  pointer: string;
}

export type Severity = 'error' | 'warning';

/** Something that is wrong with a directory, or doubtful. */
export interface Finding extends FilePlace {
  rule: string;
  severity: Severity;
  message: string;
  /** The name at the place is meant, not what it names. */
  of?: 'key';
  flag?: string;
  environment?: string;
  /** What to write in the file instead, and where. */
  suggestion?: { at: string; value: JsonValue };
}

/** Who decides what a field is. `git`: the files. `live`: who edits on the server. `git-initial`: the files once, then who edits. */
export const OWNERSHIPS = ['git', 'live', 'git-initial'] as const;
export type Ownership = (typeof OWNERSHIPS)[number];

/** Of the fields of one entry: all, or by name in the words of the server (`enabled`, `percentage`, …). */
export type OwnershipSaid = Ownership | { [field: string]: Ownership } | null;

/** Rules of an override, with how they join those that come down the tree: one value, since neither means anything alone. */
export interface ModedRules {
  mode: RulesMode;
  rules: Rule[];
}

/** What an entry says of a flag itself; absent: nothing. */
export type BaseFields = Partial<Omit<FlagItem, 'key' | 'archivedAt'>>;

/** What an entry says of a flag in an environment; absent: it inherits. */
export interface OverrideFields {
  enabled?: boolean;
  percentage?: number;
  rules?: ModedRules;
  variants?: Variant[];
  defaultVariant?: string;
  offVariant?: string;
  reason?: string;
}

export interface DeclaredFlag {
  key: string;
  place: FilePlace;
  fields: BaseFields;
  ownership: OwnershipSaid;
  /** As it is written, less old expressions. */
  entry: JsonObject;
  /** False: some of it cannot be read, and findings say so. */
  isSound: boolean;
}

export interface DeclaredOverride {
  flag: string;
  /** The slug, where the tree is known; else the name of the directory. */
  environment: string;
  place: FilePlace;
  fields: OverrideFields;
  ownership: OwnershipSaid;
  entry: JsonObject;
  isSound: boolean;
}

export interface DeclaredSegment extends Pick<Segment, 'key' | 'name' | 'description' | 'conditions'> {
  place: FilePlace;
}

export interface DeclaredEnvironment extends EnvironmentItem {
  place: FilePlace;
}

export interface DeclaredCheck extends Check {
  place: FilePlace;
}

export interface DeclaredContext {
  context: Check['context'];
  place: FilePlace;
}

/** Which fields of which flags somebody owns. Patterns have `*` for any letters; absent: all. */
export interface OwnershipRule {
  flags?: string;
  environments?: string[];
  fields: '*' | string[];
  owner: Ownership;
}

export const POLICY_RULES = [
  'always-true', 'redundant-override', 'dead-override', 'unreached-branch', 'unknown-attribute', 'legacy-fractional', 'yaml-1.1-boolean',
] as const; // prettier-ignore
export type PolicyRule = (typeof POLICY_RULES)[number];

export interface Policy {
  /** Of the keys of flags. */
  keys: RegExp | null;
  require: string[];
  /** By name what an attribute may be; null: any name is known. */
  attributes: ReadonlyMap<string, JsonValue[] | 'any'> | null;
  ownership: OwnershipRule[];
  rules: Partial<Record<PolicyRule, Severity | 'off'>>;
  prune: { atMost: number };
}

/** What the files of a directory say, each thing with its place. */
export interface Directory {
  /** Who declares; null: nobody says. */
  source: string | null;
  /** Null: there is no environments.yaml, and each environment is by itself. */
  tree: DeclaredEnvironment[] | null;
  /** The environments that have files, as the overrides name them. */
  environments: string[];
  flags: ReadonlyMap<string, DeclaredFlag>;
  overrides: readonly DeclaredOverride[];
  segments: ReadonlyMap<string, DeclaredSegment>;
  checks: readonly DeclaredCheck[];
  contexts: readonly DeclaredContext[];
  policy: Policy;
}
