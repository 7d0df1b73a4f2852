import { Column, Entity } from 'typeorm';
import { KeptByDatabase } from '../platform/database/kept-by-database.js';

/** `flagtree.pipelines`: the ways that promotions take. JSON columns are typed by their DTO. */
@Entity({ schema: 'flagtree', name: 'pipelines' })
export class PipelineEntity extends KeptByDatabase {
  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'text' })
  direction: string;

  @Column({ type: 'text' })
  with_values: string;

  @Column({ type: 'jsonb' })
  steps: object;
}
