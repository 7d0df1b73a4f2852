import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the application writes of `flagtree.segments`. JSON columns are typed by their DTO. */
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
  conditions: object;
}
