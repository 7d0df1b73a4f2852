import { utf8Length } from '../json/utf8.js';
import { perObject } from '../per-object.js';
import { baseOf, type ResolvedContent } from '../resolve/resolve.js';
import type { Flag, Segment } from '../types.js';

/** No flag is compiled that takes more, whoever wrote it: it goes on as it last was, or answers PARSE_ERROR. */
export const MAX_FLAG_BYTES = 1024 * 1024;

/** Of parts of rows, which many resolved flags share: each is written out once. */
export type KnownParts = Map<object, number>;

/** What a flag as it is resolved takes in a snapshot with names and descriptions, in bytes, but for where it is inherited from. */
export function flagBytes({ flag, fields }: Pick<ResolvedContent, 'flag' | 'fields'>, known: KnownParts = new Map()): number {
  const { key, salt, prerequisites, metadata } = flag;
  const { rules, variants, defaultVariant, offVariant } = fields;
  const others = [key, salt ?? key, prerequisites, metadata, variants.value, defaultVariant.value, offVariant.value];
  return others.reduce((sum: number, part) => sum + partBytes(part, known), FRAME + listBytes(rules.value, known));
}

/** Where most of its bytes are. */
export function largestField({ fields }: Pick<ResolvedContent, 'fields'>): 'rules' | 'variants' {
  return jsonBytes(fields.rules.value) > jsonBytes(fields.variants.value) ? 'rules' : 'variants';
}

/** Where nobody overrides it. */
export const baseBytes = perObject((flag: Flag) => flagBytes(baseOf(flag)));

/** The names of the members, and the longest of what has no length of its own. */
const FRAME = utf8Length(
  `:{"type":"boolean","enabled":false,"percentage":100,"rules":,"variants":,"defaultVariant":,"offVariant":,"bucketing":"flagd-v2",` +
    `"salt":,"onMissingKey":"error","prerequisites":,"metadata":,"inheritedFrom":null},`,
);

export const segmentBytes = perObject(
  ({ key, conditions }: Segment): number => jsonBytes(key) + jsonBytes(conditions) + SEGMENT_FRAME,
);

const SEGMENT_FRAME = utf8Length(`:{"conditions":},`);

/** Rules of several environments are a new list of rules that are known. */
function listBytes(list: unknown, known: KnownParts): number {
  if (!Array.isArray(list)) return partBytes(list, known);
  return list.reduce((sum: number, item) => sum + partBytes(item, known) + COMMA, BRACKETS);
}

const COMMA = 1;
const BRACKETS = 2;

function partBytes(part: unknown, known: KnownParts): number {
  if (typeof part !== 'object' || part === null) return jsonBytes(part);
  let bytes = known.get(part);
  if (bytes === undefined) known.set(part, (bytes = jsonBytes(part)));
  return bytes;
}

function jsonBytes(value: unknown): number {
  return value === undefined ? 0 : utf8Length(JSON.stringify(value));
}
