-- A token whose environments are all gone cannot be told by slugs: it is left out of force.
ALTER TABLE flagtree.promotions DROP COLUMN token;

CREATE OR REPLACE VIEW flagtree.audit_log AS
SELECT entry.id, entry.revision, entry.at AS timestamp, entry.actor AS user_name, entry.db_user AS database_user,
       flagtree.audit_action(entry) COLLATE "C" AS action,
       entry.flag_key AS flag, entry.environment_slug AS environment, entry.reason,
       CASE WHEN entry.before IS NOT NULL AND entry.after IS NOT NULL THEN (
         SELECT array_agg(field.key ORDER BY field.key) FROM jsonb_each(entry.after) AS field
          WHERE field.value IS DISTINCT FROM entry.before -> field.key AND field.key NOT IN ('version', 'updated_at')
       ) END AS changed,
       entry.before - 'secret_sha256' AS before, entry.after - 'secret_sha256' AS after,
       entry.table_name, entry.row_id, entry.request_id, entry.causation_id, encode(entry.hash, 'hex') AS hash,
       CASE WHEN entry.before IS NULL THEN 'created' WHEN entry.after IS NULL THEN 'deleted' ELSE 'updated' END AS change,
       entry.remote, entry.token
  FROM flagtree.audit_entries AS entry;
DROP FUNCTION flagtree.told_row(jsonb);
DROP VIEW flagtree.token_environments;
DROP TRIGGER t7_guard_token ON flagtree.tokens;
DROP FUNCTION flagtree.guard_token();

DROP TRIGGER t3_refuse_new_identity ON flagtree.tokens;
CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.tokens
  FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.kind <> OLD.kind)
  EXECUTE FUNCTION flagtree.refuse_new_identity('id', 'kind');
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.tokens IS 'Id and kind never change.';

DROP INDEX flagtree.ix_audit_entries_former_secret;
DROP INDEX flagtree.uq_tokens_own;
ALTER TABLE flagtree.tokens
  DROP CONSTRAINT ck_tokens_client_names_an_environment,
  DROP CONSTRAINT ck_tokens_name_is_not_reserved,
  DROP CONSTRAINT ck_tokens_own_is_an_unlimited_admin,
  ADD COLUMN environments text[];

SELECT set_config('flagtree.reason', 'tokens name environments by slug again', true);
UPDATE flagtree.tokens AS token
   SET environments = CASE WHEN cardinality(known.slugs) = 0 THEN ARRAY['-'] ELSE known.slugs END,
       revoked_at = CASE WHEN cardinality(known.slugs) = 0 THEN coalesce(token.revoked_at, clock_timestamp()) ELSE token.revoked_at END
  FROM (SELECT scoped.id, ARRAY(
          SELECT environment.slug FROM unnest(scoped.environment_ids) WITH ORDINALITY AS named (id, position)
            JOIN flagtree.environments AS environment ON environment.id = named.id
           ORDER BY named.position) AS slugs
          FROM flagtree.tokens AS scoped WHERE scoped.environment_ids IS NOT NULL) AS known
 WHERE known.id = token.id;
SELECT set_config('flagtree.reason', '', true);

ALTER TABLE flagtree.tokens
  DROP COLUMN environment_ids,
  DROP COLUMN is_own,
  ADD CONSTRAINT ck_tokens_environments_are_words CHECK (flagtree.are_words(environments)),
  ADD CONSTRAINT ck_tokens_environments_are_not_empty CHECK (cardinality(environments) > 0),
  ADD CONSTRAINT ck_tokens_client_names_an_environment CHECK (kind <> 'client' OR environments IS NOT NULL);
COMMENT ON COLUMN flagtree.tokens.name IS 'For people.';
COMMENT ON COLUMN flagtree.tokens.environments IS 'Slugs of the environments that it is for. NULL: all, which client tokens cannot have.';
