import type { Segment, State } from '@flagtree/engine';
import { NotFound } from '../platform/http/problems/problem.js';
import type { SegmentDto } from './segment.dto.js';

export function segmentView(state: State, segment: Segment): SegmentDto {
  const { id, version, ...shown } = segment;
  return { ...shown, version, id, revision: state.revision };
}

/** @throws {NotFound} */
export function requireSegment(state: State, key: string): Segment {
  const segment = state.segments.get(key);
  if (segment) return segment;
  throw new NotFound('segment-not-found', `There is no segment "${key}": see GET /api/admin/segments for those there are.`);
}
