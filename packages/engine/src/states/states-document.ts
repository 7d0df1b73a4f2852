import type { Environment, EnvironmentFlag, Flag, FlagField, JsonObject, Segment } from '../types.js';

/** Members that a document of version 1 does not know: they are not there, and an import leaves what is stored as it is. */
type SinceVersion2<T> = Partial<T>;

/** Which flags and environments a document speaks for; absent: all. */
export interface StatesSelection {
  flags?: string[];
  tags?: string[];
  environments?: string[];
}

export type EnvironmentItem = Pick<Environment, 'slug' | 'name' | 'description' | 'settings' | 'isActive' | 'expiresAt'> &
  SinceVersion2<Pick<Environment, 'aliases' | 'url'>> & { parent: string | null };
export type SegmentItem = Pick<Segment, 'key' | 'name' | 'description' | 'conditions'>;
export type FlagItem = Omit<Flag, 'id' | 'createdAt' | 'updatedAt' | 'version' | 'onMissingKey' | 'metadata'> &
  SinceVersion2<Pick<Flag, 'onMissingKey' | 'metadata'>>;
/** What it does not name it inherits. */
export type OverrideItem = { environment: string; flag: string } & Partial<
  Pick<EnvironmentFlag, FlagField | 'rulesMode' | 'reason'>
>;

/** A part of a document that another module knows: its checks and pipelines. */
export type OtherSections = Record<string, JsonObject[]>;

/** States as they are exported and imported. A section that is absent is none of the document's business. No ids, no revisions, no times of writing. */
export interface StatesDocument {
  format: typeof FORMAT;
  version: (typeof VERSIONS)[number];
  selection?: StatesSelection;
  environments?: EnvironmentItem[];
  segments?: SegmentItem[];
  flags?: FlagItem[];
  overrides?: OverrideItem[];
}

export const FORMAT = 'flagtree-states';
/** Of exports. */
export const VERSION = 2;
/** That imports read. */
export const VERSIONS = [1, 2] as const;

export const CORE_SECTIONS = ['environments', 'segments', 'flags', 'overrides'] as const;
export type CoreSection = (typeof CORE_SECTIONS)[number];
