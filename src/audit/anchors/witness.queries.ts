import type { EntityManager } from 'typeorm';

/** The newest anchor of a server, as the database has it or as another server keeps it. */
export interface Witnessed {
  /** SHA-256 (hex) of the public key. */
  server: string;
  /** PEM. */
  publicKey: string;
  /** With its signature, without its line end. */
  line: string;
}

/** Servers that are gone for longer are shown to nobody new; who has seen their anchors keeps them. */
const SHOWN = '90 days';
const MOST = 1_000;

export async function shownAnchors(manager: EntityManager): Promise<Witnessed[]> {
  return manager.query<Witnessed[]>(
    `SELECT shown.server, shown.public_key AS "publicKey", shown.line
       FROM flagtree.audit_anchors AS shown ORDER BY shown.signed_at DESC, shown.server LIMIT $1`,
    [MOST],
  );
}

/** Shows the newest anchor of a server to the others. */
export async function showAnchor(manager: EntityManager, { server, publicKey, line }: Witnessed, entry: number): Promise<void> {
  await manager.query(
    `INSERT INTO flagtree.audit_anchors (server, public_key, line, entry, signed_at) VALUES ($1, $2, $3, $4, clock_timestamp())
     ON CONFLICT (server) DO UPDATE SET public_key = excluded.public_key, line = excluded.line, entry = excluded.entry, signed_at = excluded.signed_at
      WHERE audit_anchors.line <> excluded.line`,
    [server, publicKey, line, entry],
  );
  await manager.query(`DELETE FROM flagtree.audit_anchors AS shown WHERE shown.signed_at < clock_timestamp() - $1::interval`, [
    SHOWN,
  ]);
}
