import { Column, Entity } from 'typeorm';
import type { Bucketing, FlagType, OnMissingKey } from '@flagtree/engine';
import { KeptByDatabase } from '../platform/database/kept-by-database.js';

/** `flagtree.flags`: the base of every flag. JSON columns are typed by their DTO. */
@Entity({ schema: 'flagtree', name: 'flags' })
export class FlagEntity extends KeptByDatabase {
  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'text' })
  type: FlagType;

  @Column({ type: 'boolean' })
  enabled: boolean;

  @Column({ type: 'numeric' })
  percentage: number;

  @Column({ type: 'jsonb' })
  rules: object;

  @Column({ type: 'jsonb' })
  variants: object;

  @Column({ type: 'text', name: 'default_variant', nullable: true })
  defaultVariant: string | null;

  @Column({ type: 'text', name: 'off_variant', nullable: true })
  offVariant: string | null;

  @Column({ type: 'text' })
  bucketing: Bucketing;

  @Column({ type: 'text', nullable: true })
  salt: string | null;

  @Column({ type: 'text', name: 'on_missing_key' })
  onMissingKey: OnMissingKey;

  @Column({ type: 'jsonb' })
  prerequisites: object;

  @Column({ type: 'text', nullable: true })
  owner: string | null;

  @Column({ type: 'text', array: true })
  tags: string[];

  @Column({ type: 'jsonb' })
  metadata: object;

  @Column({ type: 'boolean' })
  permanent: boolean;

  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true })
  expiresAt: string | null;

  @Column({ type: 'timestamptz', name: 'archived_at', nullable: true })
  archivedAt: string | null;
}
