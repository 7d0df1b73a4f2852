-- The columns, their text and the function that writes them stay: entries that have an address or a token are verified with it, and without
-- the settings flagtree.remote and flagtree.token new ones are as before.
DROP VIEW flagtree.audit_log;
CREATE VIEW flagtree.audit_log AS
SELECT entry.id, entry.revision, entry.at AS timestamp, entry.actor AS user_name, entry.db_user AS database_user, entry.action,
       entry.flag_key AS flag, entry.environment_slug AS environment, entry.reason,
       CASE WHEN entry.before IS NOT NULL AND entry.after IS NOT NULL THEN (
         SELECT array_agg(field.key ORDER BY field.key) FROM jsonb_each(entry.after) AS field
          WHERE field.value IS DISTINCT FROM entry.before -> field.key AND field.key NOT IN ('version', 'updated_at')
       ) END AS changed,
       entry.before - 'secret_sha256' AS before, entry.after - 'secret_sha256' AS after,
       entry.table_name, entry.row_id, entry.request_id, entry.causation_id, encode(entry.hash, 'hex') AS hash
  FROM flagtree.audit_entries AS entry;

COMMENT ON VIEW flagtree.audit_log IS 'Who changed what, when and why. ORDER BY id DESC for the newest first.';
COMMENT ON COLUMN flagtree.audit_log.id IS 'Number of the entry.';
COMMENT ON COLUMN flagtree.audit_log.revision IS 'The revision that it belongs to.';
COMMENT ON COLUMN flagtree.audit_log.timestamp IS 'When.';
COMMENT ON COLUMN flagtree.audit_log.user_name IS 'Who did it, as the application named them, else "database:" and the database user.';
COMMENT ON COLUMN flagtree.audit_log.database_user IS 'The database user of the session.';
COMMENT ON COLUMN flagtree.audit_log.action IS 'created, updated, deleted, archived or restored.';
COMMENT ON COLUMN flagtree.audit_log.flag IS 'Key of the flag that it is about, if any.';
COMMENT ON COLUMN flagtree.audit_log.environment IS 'Slug of the environment that it is about, if any.';
COMMENT ON COLUMN flagtree.audit_log.reason IS 'Why.';
COMMENT ON COLUMN flagtree.audit_log.changed IS 'Names of the columns that differ, but for version and updated_at; NULL when the row was created or deleted.';
COMMENT ON COLUMN flagtree.audit_log.before IS 'The row before. Digests of secrets are left out.';
COMMENT ON COLUMN flagtree.audit_log.after IS 'The row after. Digests of secrets are left out.';
COMMENT ON COLUMN flagtree.audit_log.table_name IS 'The table of the changed row.';
COMMENT ON COLUMN flagtree.audit_log.row_id IS 'The id of the changed row.';
COMMENT ON COLUMN flagtree.audit_log.request_id IS 'The HTTP request that did it.';
COMMENT ON COLUMN flagtree.audit_log.causation_id IS 'What led to it.';
COMMENT ON COLUMN flagtree.audit_log.hash IS 'Hash of the entry, in hexadecimal.';

DROP INDEX flagtree.ix_audit_entries_kind_of_cause;
DROP INDEX flagtree.ix_audit_entries_row_action;
DROP FUNCTION flagtree.audit_action(flagtree.audit_entries);
DROP FUNCTION flagtree.row_action(text, text, jsonb, jsonb);
