import { Column, Entity, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { KeptByDatabase } from '../platform/database/kept-by-database.js';

/** `flagtree.environments`: a forest. Relations are never loaded: what is read is the state, which follows the log. */
@Entity({ schema: 'flagtree', name: 'environments' })
export class EnvironmentEntity extends KeptByDatabase {
  @Column({ type: 'text' })
  slug: string;

  @Column({ type: 'text', array: true })
  aliases: string[];

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'text', nullable: true })
  url: string | null;

  @Column({ type: 'uuid', name: 'parent_id', nullable: true })
  parentId: string | null;

  @ManyToOne(() => EnvironmentEntity, { nullable: true, onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'parent_id' })
  parent?: Relation<EnvironmentEntity> | null;

  @Column({ type: 'jsonb' })
  settings: object;

  @Column({ type: 'boolean', name: 'is_active' })
  isActive: boolean;

  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true })
  expiresAt: string | null;
}
