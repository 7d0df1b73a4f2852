import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EnvironmentSettings } from '@flagtree/engine';

/** What the application writes of `flagtree.environments`; ids, versions and times are the database's own. */
@Entity({ schema: 'flagtree', name: 'environments' })
export class EnvironmentEntity {
  @PrimaryColumn({ type: 'uuid', insert: false, update: false })
  id: string;

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

  @Column({ type: 'jsonb' })
  settings: EnvironmentSettings;

  @Column({ type: 'boolean', name: 'is_active' })
  isActive: boolean;

  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true })
  expiresAt: string | null;
}
