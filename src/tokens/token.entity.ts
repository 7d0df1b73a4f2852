import { Column, Entity } from 'typeorm';
import type { Role } from '../access/identity/roles.js';
import type { TokenKind } from '../access/identity/token-text.js';
import { KeptByDatabase } from '../platform/database/kept-by-database.js';

/** `flagtree.tokens`: who may call; of the secret only its SHA-256. */
@Entity({ schema: 'flagtree', name: 'tokens' })
export class TokenEntity extends KeptByDatabase {
  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  kind: TokenKind;

  @Column({ type: 'text', nullable: true })
  role: Role | null;

  @Column({ type: 'uuid', array: true, name: 'environment_ids', nullable: true })
  environmentIds: string[] | null;

  @Column({ type: 'boolean', name: 'include_descendants' })
  includeDescendants: boolean;

  @Column({ type: 'text', array: true, name: 'flag_tags', nullable: true })
  flagTags: string[] | null;

  @Column({ type: 'text', name: 'public_id' })
  publicId: string;

  @Column({ type: 'bytea', name: 'secret_sha256' })
  secretSha256: Buffer;

  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true })
  expiresAt: string | null;

  @Column({ type: 'timestamptz', name: 'revoked_at', nullable: true })
  revokedAt: string | null;

  @Column({ type: 'boolean', name: 'is_own', update: false })
  isOwn: boolean;

  @Column({ type: 'text', name: 'created_by', insert: false, update: false })
  createdBy: string;
}
