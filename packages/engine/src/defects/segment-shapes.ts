import { segmentsNamedIn } from '../state/references.js';
import type { State } from '../state/state.js';
import type { Condition, JsonValue } from '../types.js';
import { storedConditionDefects } from '../validate/rules/validate-conditions.js';
import { perObject } from '../per-object.js';

export const MAX_SEGMENT_DEPTH = 16;
/** Conditions that one flag may come to when each segment is written out where it is named: bounds the time of an evaluation. */
export const MAX_EXPANDED_CONDITIONS = 100_000;

/** What is wrong with a segment or one that it names; `depth` and `size` with all of them written out. */
export type SegmentShape = { ok: true; depth: number; size: number } | { ok: false; code: string; detail: string };

const shapesOf = perObject((_: State['segments']) => new Map<string, SegmentShape>());

export function segmentShape(segments: State['segments'], key: string): SegmentShape {
  return measure(segments, key, [], shapesOf(segments));
}

function measure(
  segments: State['segments'],
  key: string,
  path: readonly string[],
  known: Map<string, SegmentShape>,
): SegmentShape {
  let shape = known.get(key);
  if (shape) return shape;
  shape = measureNew(segments, key, path, known);
  // what is said of a cycle, or of depth, depends on where the walk began
  if (shape.ok || path.length === 0) known.set(key, shape);
  return shape;
}

function measureNew(
  segments: State['segments'],
  key: string,
  path: readonly string[],
  known: Map<string, SegmentShape>,
): SegmentShape {
  const segment = segments.get(key);
  if (!segment) return { ok: false, code: 'unknown-segment', detail: `there is no segment "${key}"` };
  if (path.includes(key)) {
    return {
      ok: false,
      code: 'segment-cycle',
      detail: `the segments ${[...path, key].join(' → ')} name one another in a circle`,
    };
  }
  if (path.length >= MAX_SEGMENT_DEPTH) {
    return {
      ok: false,
      code: 'too-deep',
      detail: `segments name one another more than ${MAX_SEGMENT_DEPTH} deep: ${path.join(' → ')} → …`,
    };
  }
  const [defect] = storedConditionDefects(segment.conditions);
  if (defect)
    return {
      ok: false,
      code: 'malformed',
      detail: `segment "${key}": ${defect.detail} (at ${defect.pointer || 'its conditions'})`,
    };
  let depth = 1;
  for (const named of segmentsNamedIn(segment.conditions)) {
    const inner = measure(segments, named, [...path, key], known);
    if (!inner.ok) return inner;
    depth = Math.max(depth, inner.depth + 1);
  }
  if (depth > MAX_SEGMENT_DEPTH) {
    return { ok: false, code: 'too-deep', detail: `segment "${key}" names others more than ${MAX_SEGMENT_DEPTH} deep` };
  }
  return { ok: true, depth, size: expandedSize(segments, segment.conditions, known) };
}

export interface SegmentDefect {
  segment: string;
  code: string;
  detail: string;
}

/** What a change does to segments that cannot hold, whether or not a flag names them: circles, and names of segments that there are not. */
export function introducedSegmentDefects(before: State['segments'], after: State['segments']): SegmentDefect[] {
  if (before === after) return [];
  return [...after.keys()].flatMap((segment) => {
    const is = segmentShape(after, segment);
    const was = segmentShape(before, segment);
    if (is.ok || (before.has(segment) && !was.ok && was.detail === is.detail)) return [];
    return [{ segment, code: is.code, detail: is.detail }];
  });
}

/** Sound conditions only: how many there are when each segment is written out where it is named. */
export function expandedSize(
  segments: State['segments'],
  conditions: readonly Condition[],
  known?: ReadonlyMap<string, SegmentShape>,
): number {
  let size = 0;
  for (const condition of conditions) {
    if ('all' in condition) size += 1 + expandedSize(segments, condition.all, known);
    else if ('any' in condition) size += 1 + expandedSize(segments, condition.any, known);
    else if ('not' in condition) size += 1 + expandedSize(segments, [condition.not], known);
    else if ('segment' in condition) {
      const shape = known?.get(condition.segment) ?? segmentShape(segments, condition.segment);
      size += 1 + (shape.ok ? shape.size : 0);
    } else if ('jsonLogic' in condition) size += expressionSize(segments, condition.jsonLogic, known);
    else size += 1;
  }
  return size;
}

/** The same of a flagd targeting expression, operators and values counted. */
export function expressionSize(
  segments: State['segments'],
  expression: JsonValue,
  known?: ReadonlyMap<string, SegmentShape>,
): number {
  if (typeof expression !== 'object' || expression === null) return 1;
  if (!Array.isArray(expression) && typeof expression['$ref'] === 'string') {
    const shape = known?.get(expression['$ref']) ?? segmentShape(segments, expression['$ref']);
    return 1 + (shape.ok ? shape.size : 0);
  }
  return Object.values(expression).reduce((size: number, inner) => size + expressionSize(segments, inner, known), 1);
}
