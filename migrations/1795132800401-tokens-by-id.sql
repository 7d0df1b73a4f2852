-- Tokens name environments by id, are told apart by their names, and the server knows its own.

ALTER TABLE flagtree.tokens
  ADD COLUMN environment_ids uuid[],
  ADD COLUMN is_own boolean NOT NULL DEFAULT false;

-- Audited like any change. A slug that nobody has any more gives nothing: it is not known which environment was meant.
SELECT set_config('flagtree.reason', 'tokens name environments by id, and each has a name of its own', true);

WITH counted AS (
  SELECT token.id,
         coalesce(token.expires_at <= clock_timestamp(), false) OR token.revoked_at IS NOT NULL AS is_over,
         row_number() OVER (PARTITION BY lower(btrim(token.name)), token.revoked_at IS NULL AND coalesce(token.expires_at > clock_timestamp(), true)
                                ORDER BY token.created_at, token.id) AS nth,
         token.id = (SELECT own.id FROM flagtree.tokens AS own
                      WHERE own.name = 'bootstrap' AND own.kind = 'admin' AND own.created_by = 'token:setup'
                      ORDER BY own.created_at, own.id LIMIT 1) IS TRUE AS is_own
    FROM flagtree.tokens AS token
)
UPDATE flagtree.tokens AS token
   SET environment_ids = CASE WHEN token.environments IS NOT NULL THEN ARRAY(
         SELECT environment.id FROM unnest(token.environments) WITH ORDINALITY AS named (slug, position)
           JOIN flagtree.environments AS environment ON environment.slug = named.slug
          ORDER BY named.position) END,
       is_own = counted.is_own,
       name = CASE
         WHEN counted.is_own THEN token.name
         WHEN lower(btrim(token.name)) IN ('setup', 'bootstrap') OR (counted.nth > 1 AND NOT counted.is_over)
         THEN token.name || ' (' || token.public_id || ')'
         ELSE token.name
       END
  FROM counted
 WHERE counted.id = token.id;

SELECT set_config('flagtree.reason', '', true);

ALTER TABLE flagtree.tokens
  DROP COLUMN environments,
  ADD CONSTRAINT ck_tokens_environment_ids_are_a_list
    CHECK (coalesce(array_ndims(environment_ids), 1) = 1 AND array_position(environment_ids, NULL) IS NULL),
  ADD CONSTRAINT ck_tokens_client_names_an_environment CHECK (kind = 'admin' OR environment_ids IS NOT NULL),
  ADD CONSTRAINT ck_tokens_name_is_not_reserved CHECK (is_own OR lower(btrim(name)) NOT IN ('setup', 'bootstrap')),
  ADD CONSTRAINT ck_tokens_own_is_an_unlimited_admin CHECK (NOT is_own OR (role IS NOT DISTINCT FROM 'admin' AND environment_ids IS NULL));

CREATE UNIQUE INDEX uq_tokens_own ON flagtree.tokens (is_own) WHERE is_own AND revoked_at IS NULL;
-- Whether a secret was given up: revoked, or replaced by another one.
CREATE INDEX ix_audit_entries_former_secret ON flagtree.audit_entries ((before ->> 'secret_sha256')) WHERE table_name = 'tokens';

COMMENT ON COLUMN flagtree.tokens.name IS 'For people, and how the log names who uses it: unique among the tokens that are in force. setup and bootstrap are the server''s.';
COMMENT ON COLUMN flagtree.tokens.environment_ids IS 'Ids of the environments that it is for. NULL: all, which only admin tokens can have. One that was deleted gives nothing, and its slug may be another''s.';
COMMENT ON COLUMN flagtree.tokens.is_own IS 'The server''s own: its secret is that of the settings or of the data directory. One of them is in force. Never changes.';

DROP TRIGGER t3_refuse_new_identity ON flagtree.tokens;
CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.tokens
  FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.is_own <> OLD.is_own)
  EXECUTE FUNCTION flagtree.refuse_new_identity('id', 'kind', 'is_own');
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.tokens IS 'Id and kind never change, nor whose it is.';

CREATE FUNCTION flagtree.guard_token() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  taken text;
  unknown uuid;
BEGIN
  SELECT other.public_id INTO taken
    FROM flagtree.tokens AS ours
    JOIN flagtree.tokens AS other ON other.id <> ours.id AND lower(btrim(other.name)) = lower(btrim(ours.name))
   WHERE ours.id = NEW.id
     AND ours.revoked_at IS NULL AND coalesce(ours.expires_at > clock_timestamp(), true)
     AND other.revoked_at IS NULL AND coalesce(other.expires_at > clock_timestamp(), true)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The name "%" is that of another token in force', NEW.name
      USING ERRCODE = 'unique_violation', SCHEMA = 'flagtree', TABLE = 'tokens', COLUMN = 'name', CONSTRAINT = 'uq_tokens_name',
            DETAIL = format('The token %s has that name.', taken), HINT = 'The log tells tokens apart by their names: take another name, or revoke the other token.';
  END IF;
  SELECT named.id INTO unknown
    FROM unnest(NEW.environment_ids) AS named (id)
   WHERE (TG_OP = 'INSERT' OR OLD.environment_ids IS NULL OR named.id <> ALL (OLD.environment_ids))
     AND NOT EXISTS (SELECT FROM flagtree.environments AS environment WHERE environment.id = named.id)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The token "%" cannot be for the environment %: there is none', NEW.name, unknown
      USING ERRCODE = 'foreign_key_violation', SCHEMA = 'flagtree', TABLE = 'tokens', COLUMN = 'environment_ids', CONSTRAINT = 'fk_tokens_environments',
            DETAIL = format('There is no environment with the id %s.', unknown), HINT = 'See flagtree.environment_names for the ids of environments.';
  END IF;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION flagtree.guard_token() FROM PUBLIC;
COMMENT ON FUNCTION flagtree.guard_token() IS
  'Trigger: refuses a name that another token in force has (unique_violation, uq_tokens_name), whatever its case, and environments that there are none (foreign_key_violation, fk_tokens_environments).';

CREATE TRIGGER t7_guard_token AFTER INSERT OR UPDATE ON flagtree.tokens
  FOR EACH ROW EXECUTE FUNCTION flagtree.guard_token();
COMMENT ON TRIGGER t7_guard_token ON flagtree.tokens IS 'Names are unique among tokens in force; environments exist when they are named.';

CREATE VIEW flagtree.token_environments AS
SELECT token.name AS token, token.kind, token.role, environment.slug AS environment,
       CASE WHEN token.environment_ids IS NULL THEN 'all'
            WHEN environment.id = ANY (token.environment_ids) THEN 'named' ELSE 'descendant' END AS by,
       token.expires_at, token.public_id, token.id AS token_id, environment.id AS environment_id
  FROM flagtree.tokens AS token
  JOIN flagtree.environments AS environment
    ON token.environment_ids IS NULL
    OR environment.id = ANY (token.environment_ids)
    OR (token.include_descendants AND EXISTS (
         SELECT FROM flagtree.environment_chains AS link
          WHERE link.environment_id = environment.id AND link.ancestor_id = ANY (token.environment_ids)))
 WHERE token.revoked_at IS NULL AND coalesce(token.expires_at > clock_timestamp(), true);

COMMENT ON VIEW flagtree.token_environments IS 'Which tokens in force are for which environments: one row a token and environment.';
COMMENT ON COLUMN flagtree.token_environments.token IS 'Name of the token.';
COMMENT ON COLUMN flagtree.token_environments.kind IS 'Kind of the token.';
COMMENT ON COLUMN flagtree.token_environments.role IS 'Role of an admin token.';
COMMENT ON COLUMN flagtree.token_environments.environment IS 'Slug of the environment.';
COMMENT ON COLUMN flagtree.token_environments.by IS 'named: the token names it; descendant: it names one above; all: it is for every environment.';
COMMENT ON COLUMN flagtree.token_environments.expires_at IS 'From when on the token is refused; NULL: never.';
COMMENT ON COLUMN flagtree.token_environments.public_id IS 'Public id of the token.';
COMMENT ON COLUMN flagtree.token_environments.token_id IS 'Id of the token.';
COMMENT ON COLUMN flagtree.token_environments.environment_id IS 'Id of the environment.';

CREATE FUNCTION flagtree.told_row(stored jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (stored - 'secret_sha256') || CASE
  WHEN jsonb_typeof(stored -> 'environment_ids') = 'array' THEN jsonb_build_object('environments', (
    SELECT coalesce(jsonb_agg(coalesce(
             (SELECT environment.slug FROM flagtree.environments AS environment WHERE environment.id = named.id::uuid),
             (SELECT entry.environment_slug FROM flagtree.audit_entries AS entry
               WHERE entry.row_id = named.id::uuid AND entry.table_name = 'environments' ORDER BY entry.id DESC LIMIT 1),
             named.id) ORDER BY named.position), '[]')
      FROM jsonb_array_elements_text(stored -> 'environment_ids') WITH ORDINALITY AS named (id, position)))
  ELSE '{}'
END;
COMMENT ON FUNCTION flagtree.told_row(jsonb) IS
  'A token of the audit log as it is told: without the digest of its secret, and where it names environments by id, also by their slugs, those of deleted ones too.';

CREATE OR REPLACE VIEW flagtree.audit_log AS
SELECT entry.id, entry.revision, entry.at AS timestamp, entry.actor AS user_name, entry.db_user AS database_user,
       flagtree.audit_action(entry) COLLATE "C" AS action,
       entry.flag_key AS flag, entry.environment_slug AS environment, entry.reason,
       CASE WHEN entry.before IS NOT NULL AND entry.after IS NOT NULL THEN (
         SELECT array_agg(field.key ORDER BY field.key) FROM jsonb_each(entry.after) AS field
          WHERE field.value IS DISTINCT FROM entry.before -> field.key AND field.key NOT IN ('version', 'updated_at')
       ) END AS changed,
       CASE entry.table_name WHEN 'tokens' THEN flagtree.told_row(entry.before) ELSE entry.before END AS before,
       CASE entry.table_name WHEN 'tokens' THEN flagtree.told_row(entry.after) ELSE entry.after END AS after,
       entry.table_name, entry.row_id, entry.request_id, entry.causation_id, encode(entry.hash, 'hex') AS hash,
       CASE WHEN entry.before IS NULL THEN 'created' WHEN entry.after IS NULL THEN 'deleted' ELSE 'updated' END AS change,
       entry.remote, entry.token
  FROM flagtree.audit_entries AS entry;

ALTER TABLE flagtree.promotions ADD COLUMN token text COLLATE "C" DEFAULT nullif(current_setting('flagtree.token', true), '');
COMMENT ON COLUMN flagtree.promotions.token IS 'Public id of the token that did it; NULL: it was done in SQL, or before this was noted.';
