-- Who has signed in to the panel.

CREATE TABLE flagtree.sessions (
  id uuid CONSTRAINT pk_sessions PRIMARY KEY DEFAULT flagtree.uuid_v7(),
  secret_sha256 bytea NOT NULL CONSTRAINT uq_sessions_secret_sha256 UNIQUE,
  token_id uuid NOT NULL CONSTRAINT fk_sessions_token REFERENCES flagtree.tokens (id) ON DELETE CASCADE,
  token_public_id text COLLATE "C" NOT NULL,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT ck_sessions_secret_sha256_has_32_bytes CHECK (octet_length(secret_sha256) = 32)
);
CREATE INDEX ix_sessions_token_public_id ON flagtree.sessions (token_public_id);
CREATE INDEX ix_sessions_token_id ON flagtree.sessions (token_id);
CREATE INDEX ix_sessions_expires_at ON flagtree.sessions (expires_at);

COMMENT ON TABLE flagtree.sessions IS 'Who has signed in to the panel with a token, and has a cookie since. Not audited: what is done with it is, under the name of the token.';
COMMENT ON COLUMN flagtree.sessions.id IS 'Made by flagtree.uuid_v7(); never changes.';
COMMENT ON COLUMN flagtree.sessions.secret_sha256 IS 'SHA-256 of what the cookie holds.';
COMMENT ON COLUMN flagtree.sessions.token_id IS 'The token that was shown. The session goes with it.';
COMMENT ON COLUMN flagtree.sessions.token_public_id IS 'The public id that the token had then. A token that is rotated gets another one, which ends the session.';
COMMENT ON COLUMN flagtree.sessions.user_agent IS 'What the browser calls itself, for whoever looks through the sessions.';
COMMENT ON COLUMN flagtree.sessions.created_at IS 'When somebody signed in; never changes.';
COMMENT ON COLUMN flagtree.sessions.seen_at IS 'Its last use, to within a minute or so. Twelve hours later it has ended.';
COMMENT ON COLUMN flagtree.sessions.expires_at IS 'When it ends whatever happens. The row is deleted a day later.';
COMMENT ON COLUMN flagtree.sessions.revoked_at IS 'Since when it is over, because somebody signed out.';

COMMENT ON CONSTRAINT uq_sessions_secret_sha256 ON flagtree.sessions IS
  'No two sessions have the same secret. The server makes them.';
COMMENT ON CONSTRAINT fk_sessions_token ON flagtree.sessions IS
  'The token of a session exists. The server writes it; it goes with the token.';
COMMENT ON CONSTRAINT ck_sessions_secret_sha256_has_32_bytes ON flagtree.sessions IS
  'The digest of a secret has 32 bytes. The server writes it.';
