CREATE OR REPLACE FUNCTION flagtree.lock_ledger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM flagtree.open_change();
  RETURN NULL;
END $$;
COMMENT ON FUNCTION flagtree.lock_ledger() IS
  'Trigger: locks the ledger before anything else, so that writers come one after another, commit order is revision order, and they cannot deadlock.';

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
COMMENT ON FUNCTION flagtree.write_entries() IS
  'Trigger: one audit entry per changed row, one revision per transaction, one notification (channel flagtree, payload: the revision).';

DROP TABLE flagtree.rehearsed_entries;
DROP FUNCTION flagtree.refuse_rehearsed_commit();
DROP FUNCTION flagtree.is_rehearsal();
