-- Entries say from which address and with which token they were written, and an entry says what a person means by it.

ALTER TABLE flagtree.audit_entries ADD COLUMN IF NOT EXISTS remote text, ADD COLUMN IF NOT EXISTS token text;
COMMENT ON COLUMN flagtree.audit_entries.remote IS 'The address of the caller, through trusted proxies (setting flagtree.remote).';
COMMENT ON COLUMN flagtree.audit_entries.token IS 'The public id of the token that wrote (setting flagtree.token); it is the part of a token before its secret.';

-- An entry without address and token, as all are from before, has the text that it was written with, and so its hash.
CREATE OR REPLACE FUNCTION flagtree.audit_entry_text(entry flagtree.audit_entries) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (jsonb_build_array(
  entry.id, entry.revision, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), entry.actor, entry.db_user,
  entry.action, entry.table_name, entry.row_id, entry.flag_key, entry.environment_slug, entry.before, entry.after,
  entry.reason, entry.request_id, entry.causation_id
) || CASE WHEN num_nonnulls(entry.remote, entry.token) = 0 THEN '[]' ELSE jsonb_build_array(entry.remote, entry.token) END)::text;
COMMENT ON FUNCTION flagtree.audit_entry_text(flagtree.audit_entries) IS
  'The text of an entry that its hash covers: a JSON array of all its columns but the hash, the same in every session. Address and token are in it where there is one of them.';

-- As before, and it names the address and the token.
CREATE OR REPLACE FUNCTION flagtree.write_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
  head flagtree.ledger;
  entry flagtree.audit_entries;
  stored jsonb;
  changes refcursor;
BEGIN
  CASE TG_OP
    WHEN 'INSERT' THEN OPEN changes FOR SELECT NULL::jsonb, to_jsonb(new_row) FROM new_rows AS new_row ORDER BY new_row.id;
    WHEN 'DELETE' THEN OPEN changes FOR SELECT to_jsonb(old_row), NULL::jsonb FROM old_rows AS old_row ORDER BY old_row.id;
    ELSE OPEN changes FOR SELECT to_jsonb(old_row), to_jsonb(new_row)
                            FROM old_rows AS old_row JOIN new_rows AS new_row ON new_row.id = old_row.id ORDER BY new_row.id;
  END CASE;
  FETCH changes INTO entry.before, entry.after;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;

  SELECT ledger.* INTO head FROM flagtree.ledger AS ledger;
  IF head.xact <> pg_current_xact_id() OR head.xact_started <> transaction_timestamp() THEN
    head.revision := head.revision + 1;
    head.revised_at := greatest(head.revised_at, clock_timestamp());
    head.xact := pg_current_xact_id();
    head.xact_started := transaction_timestamp();
  END IF;
  entry.revision := head.revision;
  entry.at := head.revised_at;
  entry.actor := flagtree.current_actor();
  entry.db_user := session_user;
  entry.table_name := TG_TABLE_NAME;
  entry.request_id := nullif(current_setting('flagtree.request_id', true), '');
  entry.causation_id := nullif(current_setting('flagtree.causation_id', true), '');
  entry.remote := nullif(current_setting('flagtree.remote', true), '');
  entry.token := nullif(current_setting('flagtree.token', true), '');

  WHILE FOUND LOOP
    stored := coalesce(entry.after, entry.before);
    head.entries := head.entries + 1;
    entry.id := head.entries;
    entry.row_id := stored ->> 'id';
    entry.action := CASE
      WHEN entry.before IS NULL THEN 'created'
      WHEN entry.after IS NULL THEN 'deleted'
      WHEN entry.before ->> 'archived_at' IS NULL AND entry.after ->> 'archived_at' IS NOT NULL THEN 'archived'
      WHEN entry.before ->> 'archived_at' IS NOT NULL AND entry.after ->> 'archived_at' IS NULL THEN 'restored'
      ELSE 'updated'
    END;
    entry.reason := nullif(current_setting('flagtree.reason', true), '');
    entry.flag_key := CASE
      WHEN TG_TABLE_NAME = 'flags' THEN stored ->> 'key'
      ELSE (SELECT flag.key FROM flagtree.flags AS flag WHERE flag.id = (stored ->> 'flag_id')::uuid)
    END;
    entry.environment_slug := CASE
      WHEN TG_TABLE_NAME = 'environments' THEN stored ->> 'slug'
      ELSE (SELECT environment.slug FROM flagtree.environments AS environment WHERE environment.id = (stored ->> 'environment_id')::uuid)
    END;
    IF entry.reason IS NULL AND entry.after ->> 'reason' IS DISTINCT FROM entry.before ->> 'reason' THEN
      entry.reason := entry.after ->> 'reason';
    END IF;
    entry.hash := flagtree.audit_entry_hash(head.head_hash, entry);
    head.head_hash := entry.hash;
    INSERT INTO flagtree.audit_entries SELECT entry.*;
    FETCH changes INTO entry.before, entry.after;
  END LOOP;
  CLOSE changes;

  UPDATE flagtree.ledger AS ledger
     SET revision = head.revision, revised_at = head.revised_at, entries = head.entries, head_hash = head.head_hash,
         xact = head.xact, xact_started = head.xact_started;
  PERFORM pg_notify('flagtree', head.revision::text);
  RETURN NULL;
END $$;

CREATE FUNCTION flagtree.row_action(action text, table_name text, before jsonb, after jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN action = 'archived' THEN 'archive'
  WHEN action = 'restored' THEN 'restore'
  WHEN after ->> 'enabled' IS NOT NULL AND after ->> 'enabled' IS DISTINCT FROM before ->> 'enabled'
       AND (table_name = 'environment_flags' OR (table_name = 'flags' AND action = 'updated'))
  THEN CASE after ->> 'enabled' WHEN 'true' THEN 'enable' ELSE 'disable' END
  ELSE action
END;
COMMENT ON FUNCTION flagtree.row_action(text, text, jsonb, jsonb) IS
  'What the change of a row is by itself: enable, disable, archive, restore, else created, updated or deleted.';

CREATE FUNCTION flagtree.audit_action(entry flagtree.audit_entries) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(
  CASE
    WHEN entry.causation_id IS NULL THEN NULL
    WHEN entry.causation_id LIKE 'import:%' THEN 'import'
    WHEN entry.causation_id LIKE 'revision:%' THEN 'restore'
    WHEN entry.causation_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN (
      SELECT CASE promotion.kind WHEN 'revert' THEN 'revert' ELSE 'promote' END
        FROM flagtree.promotions AS promotion WHERE promotion.id = entry.causation_id::uuid
    )
  END,
  flagtree.row_action(entry.action, entry.table_name, entry.before, entry.after)
);
COMMENT ON FUNCTION flagtree.audit_action(flagtree.audit_entries) IS
  'What a person means by an entry: promote, revert, import, restore, archive, enable, disable, else created, updated or deleted. What led to the change goes before what it is by itself.';

CREATE INDEX ix_audit_entries_row_action ON flagtree.audit_entries (flagtree.row_action(action, table_name, before, after), id);
CREATE INDEX ix_audit_entries_kind_of_cause ON flagtree.audit_entries (split_part(causation_id, ':', 1), id) WHERE causation_id LIKE '%:%';

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
COMMENT ON COLUMN flagtree.audit_log.action IS 'What a person means: enable, disable, archive, promote, revert, import or restore, else the same as change.';
COMMENT ON COLUMN flagtree.audit_log.change IS 'What happened to the row: created, updated or deleted.';
COMMENT ON COLUMN flagtree.audit_log.remote IS 'The address of the caller.';
COMMENT ON COLUMN flagtree.audit_log.token IS 'The public id of the token.';
