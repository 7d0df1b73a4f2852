-- The newest anchor of each server, for the other servers to see and keep.

CREATE TABLE flagtree.audit_anchors (
  server text COLLATE "C" CONSTRAINT pk_audit_anchors PRIMARY KEY,
  public_key text NOT NULL,
  line text NOT NULL,
  entry bigint NOT NULL,
  signed_at timestamptz NOT NULL,
  CONSTRAINT ck_audit_anchors_server CHECK (server ~ '^[0-9a-f]{64}$')
);
CREATE INDEX ix_audit_anchors_signed_at ON flagtree.audit_anchors (signed_at);
COMMENT ON TABLE flagtree.audit_anchors IS
  'The newest anchor that each server has signed. Every server keeps those of the others in its data directory, where nobody with SQL can alter them.';
COMMENT ON COLUMN flagtree.audit_anchors.server IS 'The SHA-256 (hex) of its public key, as DER: another data directory is another server.';
COMMENT ON COLUMN flagtree.audit_anchors.public_key IS 'The key that verifies the signature, as PEM.';
COMMENT ON COLUMN flagtree.audit_anchors.line IS 'The line of its file of anchors, with the signature.';
COMMENT ON COLUMN flagtree.audit_anchors.entry IS 'The entry that was the newest, for people; the line says it, signed.';
COMMENT ON COLUMN flagtree.audit_anchors.signed_at IS 'When it was signed, by the database''s clock.';
COMMENT ON CONSTRAINT ck_audit_anchors_server ON flagtree.audit_anchors IS 'A server is named by a SHA-256 in lower-case hex.';
