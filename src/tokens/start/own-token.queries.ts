import type { EntityManager } from 'typeorm';

export interface StoredSecret {
  id: string;
  name: string;
  isOwn: boolean;
  isRevoked: boolean;
  expires: boolean;
}

/** The token that has this secret now. */
export async function holderOf(manager: EntityManager, digest: Buffer): Promise<StoredSecret | null> {
  const [holder] = await manager.query<StoredSecret[]>(
    `SELECT token.id, token.name, token.is_own AS "isOwn", token.revoked_at IS NOT NULL AS "isRevoked", token.expires_at IS NOT NULL AS expires
       FROM flagtree.tokens AS token WHERE token.secret_sha256 = $1`,
    [digest],
  );
  return holder ?? null;
}

/** The server's own token that is not revoked. */
export async function ownTokenId(manager: EntityManager): Promise<string | null> {
  const [own] = await manager.query<{ id: string }[]>(
    'SELECT token.id FROM flagtree.tokens AS token WHERE token.is_own AND token.revoked_at IS NULL',
  );
  return own?.id ?? null;
}

/** When somebody revoked a token with this secret, or gave it another one. What a start replaces by itself is not given up. */
export async function givenUpAt(manager: EntityManager, digest: Buffer, server: string): Promise<Date | null> {
  const [entry] = await manager.query<{ at: Date }[]>(
    `SELECT entry.at
       FROM flagtree.audit_entries AS entry
      WHERE entry.table_name = 'tokens' AND entry.before ->> 'secret_sha256' = $1 AND entry.actor <> $2
        AND (entry.after IS NULL OR entry.after ->> 'secret_sha256' <> $1 OR entry.after ->> 'revoked_at' IS NOT NULL)
      ORDER BY entry.id
      LIMIT 1`,
    [`\\x${digest.toString('hex')}`, server],
  );
  return entry?.at ?? null;
}

export async function isPublicIdTaken(manager: EntityManager, publicId: string, exceptId: string | null): Promise<boolean> {
  const [row] = await manager.query<unknown[]>(
    'SELECT FROM flagtree.tokens AS token WHERE token.public_id = $1 AND token.id IS DISTINCT FROM $2::uuid',
    [publicId, exceptId],
  );
  return row !== undefined;
}
