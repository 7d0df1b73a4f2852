-- Who may call: tokens, their last use, and the answers kept for repeated requests.

CREATE TABLE flagtree.tokens (
  id uuid CONSTRAINT pk_tokens PRIMARY KEY DEFAULT flagtree.uuid_v7(),
  name text NOT NULL,
  kind text COLLATE "C" NOT NULL,
  role text COLLATE "C",
  environments text[],
  include_descendants boolean NOT NULL DEFAULT false,
  public_id text COLLATE "C" NOT NULL CONSTRAINT uq_tokens_public_id UNIQUE,
  secret_sha256 bytea NOT NULL CONSTRAINT uq_tokens_secret_sha256 UNIQUE,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_by text NOT NULL DEFAULT flagtree.current_actor(),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT ck_tokens_name_is_not_empty CHECK (name <> ''),
  CONSTRAINT ck_tokens_kind CHECK (kind IN ('client', 'admin')),
  CONSTRAINT ck_tokens_role CHECK (role IN ('viewer', 'developer', 'promoter', 'admin')),
  CONSTRAINT ck_tokens_role_is_for_admin_tokens CHECK ((kind = 'admin') = (role IS NOT NULL)),
  CONSTRAINT ck_tokens_environments_are_words CHECK (flagtree.are_words(environments)),
  CONSTRAINT ck_tokens_environments_are_not_empty CHECK (cardinality(environments) > 0),
  CONSTRAINT ck_tokens_client_names_an_environment CHECK (kind <> 'client' OR environments IS NOT NULL),
  CONSTRAINT ck_tokens_public_id_is_not_empty CHECK (public_id <> ''),
  CONSTRAINT ck_tokens_secret_sha256_has_32_bytes CHECK (octet_length(secret_sha256) = 32)
);

COMMENT ON TABLE flagtree.tokens IS 'The tokens that callers show. Of the secret only its digest is stored.';
COMMENT ON COLUMN flagtree.tokens.id IS 'Made by flagtree.uuid_v7(); never changes.';
COMMENT ON COLUMN flagtree.tokens.name IS 'For people.';
COMMENT ON COLUMN flagtree.tokens.kind IS 'client: evaluates flags. admin: manages them, as far as its role goes. Never changes.';
COMMENT ON COLUMN flagtree.tokens.role IS 'viewer, developer, promoter or admin; NULL for client tokens.';
COMMENT ON COLUMN flagtree.tokens.environments IS 'Slugs of the environments that it is for. NULL: all, which client tokens cannot have.';
COMMENT ON COLUMN flagtree.tokens.include_descendants IS 'Whether it is also for every environment below those.';
COMMENT ON COLUMN flagtree.tokens.public_id IS 'The part of the token that may be shown: <id> in ft_<kind>_<id>_<secret>.';
COMMENT ON COLUMN flagtree.tokens.secret_sha256 IS 'SHA-256 of the whole token text.';
COMMENT ON COLUMN flagtree.tokens.expires_at IS 'From when on it is refused; NULL: never.';
COMMENT ON COLUMN flagtree.tokens.revoked_at IS 'Since when it is refused, because somebody said so.';
COMMENT ON COLUMN flagtree.tokens.created_by IS 'The actor who made it.';
COMMENT ON COLUMN flagtree.tokens.created_at IS 'Never changes.';
COMMENT ON COLUMN flagtree.tokens.updated_at IS 'The last change; kept by a trigger.';
COMMENT ON COLUMN flagtree.tokens.version IS 'Counts the changes of this row from 1; kept by a trigger.';

CREATE TABLE flagtree.token_usage (
  token_id uuid CONSTRAINT pk_token_usage PRIMARY KEY
    CONSTRAINT fk_token_usage_token REFERENCES flagtree.tokens (id) ON DELETE CASCADE,
  last_used_at timestamptz NOT NULL
) WITH (fillfactor = 50);

COMMENT ON TABLE flagtree.token_usage IS 'When each token was last used. Not audited: it changes with use, not by anybody''s decision.';
COMMENT ON COLUMN flagtree.token_usage.token_id IS 'The token.';
COMMENT ON COLUMN flagtree.token_usage.last_used_at IS 'Its last use, to within a minute or so.';

CREATE TABLE flagtree.idempotency_keys (
  token_id uuid NOT NULL,
  key text COLLATE "C" NOT NULL,
  method_path text NOT NULL,
  request_hash bytea NOT NULL,
  status integer,
  headers jsonb,
  body jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT pk_idempotency_keys PRIMARY KEY (token_id, key)
);
CREATE INDEX ix_idempotency_keys_created_at ON flagtree.idempotency_keys (created_at);

COMMENT ON TABLE flagtree.idempotency_keys IS 'The answers to requests with an Idempotency-Key, kept for a day so that a repeated request gets the same one. Not audited.';
COMMENT ON COLUMN flagtree.idempotency_keys.token_id IS 'Who asked.';
COMMENT ON COLUMN flagtree.idempotency_keys.key IS 'The Idempotency-Key of the request.';
COMMENT ON COLUMN flagtree.idempotency_keys.method_path IS 'Method and path of the request.';
COMMENT ON COLUMN flagtree.idempotency_keys.request_hash IS 'Digest of the request: the same key with another request is refused.';
COMMENT ON COLUMN flagtree.idempotency_keys.status IS 'HTTP status of the answer.';
COMMENT ON COLUMN flagtree.idempotency_keys.headers IS 'Headers of the answer that the repeated one needs, too.';
COMMENT ON COLUMN flagtree.idempotency_keys.body IS 'Body of the answer.';
COMMENT ON COLUMN flagtree.idempotency_keys.created_at IS 'When it was first asked.';
