import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RulesMode } from '@flagtree/engine';

/** What the application writes of `flagtree.environment_flags`. NULL in a field means inherit. JSON columns are typed by their DTO. */
@Entity({ schema: 'flagtree', name: 'environment_flags' })
export class EnvironmentFlagEntity {
  @PrimaryColumn({ type: 'uuid', insert: false, update: false })
  id: string;

  @Column({ type: 'uuid', name: 'environment_id' })
  environmentId: string;

  @Column({ type: 'uuid', name: 'flag_id' })
  flagId: string;

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
