import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the application writes of `flagtree.pipelines`. JSON columns are typed by their DTO. */
@Entity({ schema: 'flagtree', name: 'pipelines' })
export class PipelineEntity {
  @PrimaryColumn({ type: 'uuid', insert: false, update: false })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'text' })
  direction: string;

  @Column({ type: 'jsonb' })
  steps: object;
}
