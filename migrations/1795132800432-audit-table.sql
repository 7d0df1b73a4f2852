-- One call puts a table under the audit log, with the same triggers for each. Later migrations use it, and whoever keeps a table beside ours.

CREATE PROCEDURE flagtree.audit_table(audited regclass, VARIADIC never_change text[] DEFAULT '{}')
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  class pg_class;
  wanted record;
  wrong text;
  is_new boolean;
  has_rows boolean;
  keys text[] := ARRAY['id'] || array_remove(never_change, 'id');
BEGIN
  SELECT own.* INTO class FROM pg_class AS own WHERE own.oid = audited;
  IF class.relnamespace <> 'flagtree'::regnamespace OR class.relkind <> 'r' OR class.relispartition OR class.relpersistence <> 'p' THEN
    RAISE EXCEPTION '% cannot be audited: it is no plain table of the schema flagtree', audited
      USING ERRCODE = 'wrong_object_type', HINT = 'Make it with CREATE TABLE flagtree.<name>, neither TEMPORARY, UNLOGGED nor a partition.';
  END IF;
  IF class.relname IN ('audit_entries', 'ledger', 'schema_migrations') THEN
    RAISE EXCEPTION '% cannot be audited: the audit log itself is written with it', audited
      USING ERRCODE = 'wrong_object_type', HINT = 'The triggers of the audited tables write it.';
  END IF;
  IF class.relname !~ '^[a-z_]+$' THEN
    RAISE EXCEPTION '% cannot be audited: entries name tables with lower-case letters and "_" alone', audited
      USING ERRCODE = 'invalid_table_definition', HINT = format('ALTER TABLE %s RENAME TO …', audited);
  END IF;

  EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', audited);
  SELECT format('its column %s is not %s', needed.name, needed.definition) INTO wrong
    FROM (VALUES (1, 'id', 'uuid NOT NULL', true), (2, 'created_at', 'timestamp with time zone NOT NULL', true),
                 (3, 'updated_at', 'timestamp with time zone NOT NULL', true), (4, 'version', 'integer NOT NULL', true),
                 (5, 'flag_id', 'uuid', false), (6, 'environment_id', 'uuid', false)) AS needed (position, name, definition, is_needed)
    LEFT JOIN pg_attribute AS own ON own.attrelid = audited AND own.attname = needed.name AND NOT own.attisdropped
   WHERE CASE WHEN own.attname IS NULL THEN needed.is_needed
              ELSE needed.definition NOT IN (own.atttypid::regtype::text || CASE WHEN own.attnotnull THEN ' NOT NULL' ELSE '' END, own.atttypid::regtype::text) END
   ORDER BY needed.position LIMIT 1;
  IF wrong IS NULL AND NOT EXISTS (
    SELECT FROM pg_index AS own JOIN pg_attribute AS key ON key.attrelid = own.indrelid AND key.attnum = own.indkey[0]
     WHERE own.indrelid = audited AND own.indisunique AND own.indnkeyatts = 1 AND own.indpred IS NULL AND key.attname = 'id'
  ) THEN
    wrong := 'its column id is not unique';
  END IF;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION '% cannot be audited: %', audited, wrong
      USING ERRCODE = 'invalid_table_definition',
            HINT = 'An audited table begins with: id uuid PRIMARY KEY DEFAULT flagtree.uuid_v7(), created_at timestamptz NOT NULL DEFAULT clock_timestamp(), updated_at timestamptz NOT NULL DEFAULT clock_timestamp(), version integer NOT NULL DEFAULT 1';
  END IF;
  SELECT format('it has no column %s, which is to never change', key.name) INTO wrong
    FROM unnest(keys) AS key (name)
   WHERE NOT EXISTS (SELECT FROM pg_attribute AS own WHERE own.attrelid = audited AND own.attname = key.name AND own.attnum > 0 AND NOT own.attisdropped)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% cannot be audited: %', audited, wrong
      USING ERRCODE = 'undefined_column', HINT = 'Name the columns that identify a row, as they are.';
  END IF;
  is_new := NOT EXISTS (SELECT FROM pg_trigger AS own WHERE own.tgrelid = audited AND own.tgname = 't6_write_inserts');
  EXECUTE format('SELECT EXISTS (SELECT FROM %s)', audited) INTO has_rows;
  IF is_new AND has_rows THEN
    RAISE EXCEPTION '% cannot be audited: it has rows, of which the log would never have heard', audited
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = format('Make an empty table like it, audit that one, and INSERT INTO it what %s holds.', audited);
  END IF;

  FOR wanted IN
    SELECT * FROM (VALUES
      ('t1_lock_ledger', 'BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION flagtree.lock_ledger()',
       'Writers come one after another.'),
      ('t1_refuse_truncate', 'BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION flagtree.refuse_truncate()',
       'Rows go by DELETE, which is audited.'),
      ('t3_refuse_new_identity',
       'BEFORE UPDATE ON %s FOR EACH ROW WHEN ('
         || (SELECT string_agg(format('NEW.%1$I IS DISTINCT FROM OLD.%1$I', key.name), ' OR ') FROM unnest(keys) AS key (name))
         || ') EXECUTE FUNCTION flagtree.refuse_new_identity('
         || (SELECT string_agg(quote_literal(key.name), ', ') FROM unnest(keys) AS key (name)) || ')',
       'These never change: ' || array_to_string(keys, ', ') || '.'),
      ('t4_stamp', 'BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION flagtree.stamp()',
       'Keeps version and times; an update without a difference is skipped.'),
      ('t6_write_inserts', 'AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flagtree.write_entries()',
       'Audits new rows.'),
      ('t6_write_updates', 'AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flagtree.write_entries()',
       'Audits changed rows.'),
      ('t6_write_deletes', 'AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flagtree.write_entries()',
       'Audits deleted rows.')
    ) AS listed (name, definition, comment)
    WHERE NOT EXISTS (SELECT FROM pg_trigger AS own WHERE own.tgrelid = audited AND own.tgname = listed.name)
       OR (listed.name = 't3_refuse_new_identity' AND cardinality(never_change) > 0)
  LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER %I ', wanted.name) || replace(wanted.definition, '%s', audited::text);
    EXECUTE format('COMMENT ON TRIGGER %I ON %s IS %L', wanted.name, audited, wanted.comment);
  END LOOP;
END $$;
COMMENT ON PROCEDURE flagtree.audit_table(regclass, text[]) IS
  'Puts a table of this schema under the audit log: each change of a row is an entry and a revision, writers come one after another, and nothing goes past. Further arguments name columns that never change, besides id. Makes the triggers that are missing; may be called again.';

-- Whoever may lend the triggers to a table of his own can forge entries.
REVOKE EXECUTE ON PROCEDURE flagtree.audit_table(regclass, text[]) FROM PUBLIC;

-- The one table that had only the trigger that refuses each edit, whatever it is of.
CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.promotions
  FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id) EXECUTE FUNCTION flagtree.refuse_new_identity('id');
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.promotions IS 'These never change: id.';
