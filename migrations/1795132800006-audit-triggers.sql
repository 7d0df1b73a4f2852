-- The triggers that audit, revision and announce every change, and that keep the log and the ledger from being written otherwise.

CREATE FUNCTION flagtree.write_entries() RETURNS trigger
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
    CASE TG_TABLE_NAME
      WHEN 'environments' THEN entry.environment_slug := stored ->> 'slug';
      WHEN 'flags' THEN entry.flag_key := stored ->> 'key';
      WHEN 'environment_flags' THEN
        SELECT environment.slug INTO entry.environment_slug FROM flagtree.environments AS environment
         WHERE environment.id = (stored ->> 'environment_id')::uuid;
        SELECT flag.key INTO entry.flag_key FROM flagtree.flags AS flag WHERE flag.id = (stored ->> 'flag_id')::uuid;
        IF entry.reason IS NULL AND entry.after ->> 'reason' IS DISTINCT FROM entry.before ->> 'reason' THEN
          entry.reason := entry.after ->> 'reason';
        END IF;
      ELSE NULL;
    END CASE;
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

-- Triggers fire without it; with it, anybody could attach this function to a table of his own, and forge entries.
REVOKE EXECUTE ON FUNCTION flagtree.write_entries() FROM PUBLIC;

CREATE FUNCTION flagtree.refuse_truncate() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'TRUNCATE of flagtree.% would leave no trace in the audit log', TG_TABLE_NAME
    USING ERRCODE = 'FT005', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, HINT = 'Use DELETE, which is audited.';
END $$;
COMMENT ON FUNCTION flagtree.refuse_truncate() IS
  'Trigger: refuses (FT005) to empty an audited table without audit entries.';

CREATE FUNCTION flagtree.refuse_audit_edit() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'The audit log is append-only: % of flagtree.audit_entries is refused', TG_OP
    USING ERRCODE = 'FT004', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
          HINT = 'Entries are written by the triggers of the audited tables. To load a data-only dump, use pg_restore --disable-triggers.';
END $$;
COMMENT ON FUNCTION flagtree.refuse_audit_edit() IS
  'Trigger: refuses (FT004) every write to the audit log but those of the audit triggers.';

CREATE FUNCTION flagtree.refuse_ledger_edit() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'The ledger is kept by triggers alone: % of flagtree.ledger is refused', TG_OP
    USING ERRCODE = 'FT006', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
          HINT = 'To load a data-only dump, use pg_restore --disable-triggers.';
END $$;
COMMENT ON FUNCTION flagtree.refuse_ledger_edit() IS
  'Trigger: refuses (FT006) every write to the ledger but those of the audit triggers.';

DO $$
DECLARE
  audited text;
BEGIN
  FOREACH audited IN ARRAY ARRAY['environments', 'flags', 'environment_flags', 'segments', 'tokens'] LOOP
    EXECUTE format('CREATE TRIGGER t6_write_inserts AFTER INSERT ON flagtree.%I REFERENCING NEW TABLE AS new_rows
                      FOR EACH STATEMENT EXECUTE FUNCTION flagtree.write_entries()', audited);
    EXECUTE format('CREATE TRIGGER t6_write_updates AFTER UPDATE ON flagtree.%I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                      FOR EACH STATEMENT EXECUTE FUNCTION flagtree.write_entries()', audited);
    EXECUTE format('CREATE TRIGGER t6_write_deletes AFTER DELETE ON flagtree.%I REFERENCING OLD TABLE AS old_rows
                      FOR EACH STATEMENT EXECUTE FUNCTION flagtree.write_entries()', audited);
    EXECUTE format('CREATE TRIGGER t1_refuse_truncate BEFORE TRUNCATE ON flagtree.%I
                      FOR EACH STATEMENT EXECUTE FUNCTION flagtree.refuse_truncate()', audited);
    EXECUTE format('COMMENT ON TRIGGER t6_write_inserts ON flagtree.%I IS %L', audited, 'Audits new rows.');
    EXECUTE format('COMMENT ON TRIGGER t6_write_updates ON flagtree.%I IS %L', audited, 'Audits changed rows.');
    EXECUTE format('COMMENT ON TRIGGER t6_write_deletes ON flagtree.%I IS %L', audited, 'Audits deleted rows.');
    EXECUTE format('COMMENT ON TRIGGER t1_refuse_truncate ON flagtree.%I IS %L', audited, 'Rows go by DELETE, which is audited.');
  END LOOP;
END $$;

CREATE TRIGGER t1_refuse_edit BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON flagtree.audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION flagtree.refuse_audit_edit();
COMMENT ON TRIGGER t1_refuse_edit ON flagtree.audit_entries IS 'Append-only, and only through the audit triggers.';
CREATE TRIGGER t1_refuse_edit BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON flagtree.ledger
  FOR EACH STATEMENT EXECUTE FUNCTION flagtree.refuse_ledger_edit();
COMMENT ON TRIGGER t1_refuse_edit ON flagtree.ledger IS 'Only the audit triggers write it.';
