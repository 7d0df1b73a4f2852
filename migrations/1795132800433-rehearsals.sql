-- Writes that are rehearsed, and taken back: they do what a write does, and keep no other writer waiting.

CREATE UNLOGGED TABLE flagtree.rehearsed_entries (
  id bigint NOT NULL,
  revision bigint NOT NULL,
  table_name text COLLATE "C" NOT NULL,
  before jsonb,
  after jsonb
);
COMMENT ON TABLE flagtree.rehearsed_entries IS
  'The entries that the audit log would have of what a transaction with flagtree.rehearsal = on has done so far. Nobody ever sees those of another one: it cannot be committed.';
COMMENT ON COLUMN flagtree.rehearsed_entries.id IS 'The id that the entry would have, were it written now.';
COMMENT ON COLUMN flagtree.rehearsed_entries.revision IS 'The revision that it would belong to.';
COMMENT ON COLUMN flagtree.rehearsed_entries.table_name IS 'The table of the changed row.';
COMMENT ON COLUMN flagtree.rehearsed_entries.before IS 'The whole row before the change; NULL: it was created.';
COMMENT ON COLUMN flagtree.rehearsed_entries.after IS 'The whole row after the change; NULL: it was deleted.';
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON flagtree.rehearsed_entries FROM PUBLIC;

CREATE FUNCTION flagtree.is_rehearsal() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('flagtree.rehearsal', true), '') = 'on';
COMMENT ON FUNCTION flagtree.is_rehearsal() IS
  'Whether this transaction only rehearses its writes (setting flagtree.rehearsal): the ledger is not locked, and nothing of it can be committed.';

CREATE FUNCTION flagtree.refuse_rehearsed_commit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'A rehearsal cannot be committed: the audit log has none of what it wrote'
    USING ERRCODE = 'FT009', HINT = 'ROLLBACK; to write for good, leave the setting flagtree.rehearsal alone.';
END $$;
COMMENT ON FUNCTION flagtree.refuse_rehearsed_commit() IS
  'Trigger: ends (FT009) the transaction that rehearsed a write and is committed.';

-- Deferred to the commit. Whoever has it fire earlier is refused earlier.
CREATE CONSTRAINT TRIGGER t9_refuse_commit AFTER INSERT ON flagtree.rehearsed_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION flagtree.refuse_rehearsed_commit();
COMMENT ON TRIGGER t9_refuse_commit ON flagtree.rehearsed_entries IS 'What was rehearsed is taken back.';

CREATE OR REPLACE FUNCTION flagtree.lock_ledger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT flagtree.is_rehearsal() THEN
    PERFORM flagtree.open_change();
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION flagtree.lock_ledger() IS
  'Trigger: locks the ledger before anything else, so that writers come one after another, commit order is revision order, and they cannot deadlock. A rehearsal does not.';

-- As before, and what is rehearsed goes to a table of its own. The setting may have been another one when the statement began: so it locks by itself.
CREATE OR REPLACE FUNCTION flagtree.write_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
  head flagtree.ledger;
  entry flagtree.audit_entries;
  stored jsonb;
  changes refcursor;
  is_rehearsal CONSTANT boolean := flagtree.is_rehearsal();
  rehearsed bigint;
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

  IF NOT is_rehearsal THEN
    PERFORM flagtree.open_change();
  END IF;
  SELECT ledger.* INTO head FROM flagtree.ledger AS ledger;
  IF is_rehearsal THEN
    SELECT max(earlier.id) INTO rehearsed FROM flagtree.rehearsed_entries AS earlier;
    head.entries := coalesce(rehearsed, head.entries);
  END IF;
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
    IF is_rehearsal THEN
      INSERT INTO flagtree.rehearsed_entries (id, revision, table_name, before, after)
      VALUES (entry.id, entry.revision, entry.table_name, entry.before, entry.after);
    ELSE
      entry.hash := flagtree.audit_entry_hash(head.head_hash, entry);
      head.head_hash := entry.hash;
      INSERT INTO flagtree.audit_entries SELECT entry.*;
    END IF;
    FETCH changes INTO entry.before, entry.after;
  END LOOP;
  CLOSE changes;
  IF is_rehearsal THEN
    RETURN NULL;
  END IF;

  UPDATE flagtree.ledger AS ledger
     SET revision = head.revision, revised_at = head.revised_at, entries = head.entries, head_hash = head.head_hash,
         xact = head.xact, xact_started = head.xact_started;
  PERFORM pg_notify('flagtree', head.revision::text);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION flagtree.write_entries() IS
  'Trigger: writes an audit entry for each changed row, advances the ledger once per transaction, and notifies. What is rehearsed goes to rehearsed_entries, and leaves the ledger alone.';
