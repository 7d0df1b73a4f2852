import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the application writes of `flagtree.checks`. JSON columns are typed by their DTO. */
@Entity({ schema: 'flagtree', name: 'checks' })
export class CheckEntity {
  @PrimaryColumn({ type: 'uuid', insert: false, update: false })
  id: string;

  @Column({ type: 'uuid', name: 'flag_id' })
  flagId: string;

  @Column({ type: 'uuid', name: 'environment_id', nullable: true })
  environmentId: string | null;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'jsonb' })
  context: object;

  @Column({ type: 'text', nullable: true })
  variant: string | null;
}
