import { Column, Entity, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { EnvironmentEntity } from '../environments/environment.entity.js';
import { FlagEntity } from '../flags/flag.entity.js';
import { KeptByDatabase } from '../platform/database/kept-by-database.js';

/** `flagtree.checks`: what a flag must serve to a context. JSON columns are typed by their DTO. Relations are never loaded. */
@Entity({ schema: 'flagtree', name: 'checks' })
export class CheckEntity extends KeptByDatabase {
  @Column({ type: 'uuid', name: 'flag_id' })
  flagId: string;

  @ManyToOne(() => FlagEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'flag_id' })
  flag?: Relation<FlagEntity>;

  @Column({ type: 'uuid', name: 'environment_id', nullable: true })
  environmentId: string | null;

  @ManyToOne(() => EnvironmentEntity, { nullable: true, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'environment_id' })
  environment?: Relation<EnvironmentEntity> | null;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'jsonb' })
  context: object;

  @Column({ type: 'text', nullable: true })
  variant: string | null;
}
