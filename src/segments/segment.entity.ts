import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Condition } from '../engine/types.js';

/** What the application writes of `flagtree.segments`. */
@Entity({ schema: 'flagtree', name: 'segments' })
export class SegmentEntity {
  @PrimaryColumn({ type: 'uuid', insert: false, update: false })
  id: string;

  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'jsonb' })
  conditions: Condition[];
}
