import { Injectable } from '@nestjs/common';
import type { Change } from '../audit/change/change.js';
import { Conflict } from '../platform/http/problems/problem.js';
import type { CreateSegmentDto, UpdateSegmentDto } from './segment.dto.js';
import { SegmentEntity } from './segment.entity.js';
import { requireSegment, segmentView } from './segment-view.js';

/** Flags that would break by an edit or a deletion are found by the write door, with the environments in which they would. */
@Injectable()
export class SegmentsService {
  async create(change: Change, { reason: _reason, ...dto }: CreateSegmentDto): Promise<void> {
    const existing = change.state.segments.get(dto.key);
    if (existing) {
      change.assertUnchanged(segmentView(change.state, existing));
      throw new Conflict('segment-exists', `There is a segment "${dto.key}" already: take another key, or PATCH that one.`);
    }
    change.assertNoneSeen();
    await change.manager.insert(SegmentEntity, { ...dto, name: dto.name ?? dto.key, conditions: dto.conditions ?? [] });
    await change.sync();
  }

  async update(change: Change, key: string, { reason: _reason, ...edit }: UpdateSegmentDto): Promise<void> {
    const segment = requireSegment(change.state, key);
    change.assertUnchanged(segmentView(change.state, segment));
    if (Object.keys(edit).length > 0) await change.manager.update(SegmentEntity, { id: segment.id }, edit);
    await change.sync();
  }

  async delete(change: Change, key: string): Promise<void> {
    const segment = requireSegment(change.state, key);
    change.assertUnchanged(segmentView(change.state, segment));
    await change.manager.delete(SegmentEntity, { id: segment.id });
    await change.sync();
  }
}
