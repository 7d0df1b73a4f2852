import { Column, Entity, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import type { RulesMode } from '@flagtree/engine';
import { EnvironmentEntity } from '../environments/environment.entity.js';
import { FlagEntity } from '../flags/flag.entity.js';
import { KeptByDatabase } from '../platform/database/kept-by-database.js';

/** `flagtree.environment_flags`: overrides, in which NULL means inherit. JSON columns are typed by their DTO. Relations are never loaded. */
@Entity({ schema: 'flagtree', name: 'environment_flags' })
export class EnvironmentFlagEntity extends KeptByDatabase {
  @Column({ type: 'uuid', name: 'environment_id' })
  environmentId: string;

  @ManyToOne(() => EnvironmentEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'environment_id' })
  environment?: Relation<EnvironmentEntity>;

  @Column({ type: 'uuid', name: 'flag_id' })
  flagId: string;

  @ManyToOne(() => FlagEntity, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn({ name: 'flag_id' })
  flag?: Relation<FlagEntity>;

  @Column({ type: 'boolean', nullable: true })
  enabled: boolean | null;

  @Column({ type: 'numeric', nullable: true })
  percentage: number | null;

  @Column({ type: 'jsonb', nullable: true })
  rules: object | null;

  @Column({ type: 'text', name: 'rules_mode' })
  rulesMode: RulesMode;

  @Column({ type: 'jsonb', nullable: true })
  variants: object | null;

  @Column({ type: 'text', name: 'default_variant', nullable: true })
  defaultVariant: string | null;

  @Column({ type: 'text', name: 'off_variant', nullable: true })
  offVariant: string | null;

  @Column({ type: 'text', nullable: true })
  reason: string | null;
}
