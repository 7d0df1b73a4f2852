import { Column, Entity } from 'typeorm';
import { KeptByDatabase } from '../platform/database/kept-by-database.js';

/** `flagtree.segments`: named sets of conditions. JSON columns are typed by their DTO. */
@Entity({ schema: 'flagtree', name: 'segments' })
export class SegmentEntity extends KeptByDatabase {
  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'jsonb' })
  conditions: object;
}
