-- The triggers that make every write, from any client, wait for its turn, complete, and right.
-- Triggers fire in the order of their names: t1 locks, t2 fills in, t3 refuses, t4 stamps, t5 guards the tree, t6 (next file) audits.

CREATE FUNCTION flagtree.open_change() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head bigint;
BEGIN
  SELECT ledger.revision INTO head FROM flagtree.ledger AS ledger FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'The row of flagtree.ledger is missing, so nothing can be written'
      USING ERRCODE = 'FT006', HINT = 'Restore the database from a backup, or at least the row of this table.';
  END IF;
  RETURN head;
END $$;
REVOKE EXECUTE ON FUNCTION flagtree.open_change() FROM PUBLIC;
COMMENT ON FUNCTION flagtree.open_change() IS
  'Locks the ledger until the transaction ends, so that nobody else can write, and returns the newest revision. The triggers do it for whoever does not.';

CREATE FUNCTION flagtree.lock_ledger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM flagtree.open_change();
  RETURN NULL;
END $$;
COMMENT ON FUNCTION flagtree.lock_ledger() IS
  'Trigger: locks the ledger before anything else, so that writers come one after another, commit order is revision order, and they cannot deadlock.';

CREATE FUNCTION flagtree.default_name() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.name := to_jsonb(NEW) ->> TG_ARGV[0];
  RETURN NEW;
END $$;
COMMENT ON FUNCTION flagtree.default_name() IS
  'Trigger: takes the column that its argument names as the name, when none is given.';

CREATE FUNCTION flagtree.default_variants() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.variants := '[{"key": "on", "value": true}, {"key": "off", "value": false}]';
  NEW.default_variant := 'on';
  NEW.off_variant := 'off';
  RETURN NEW;
END $$;
COMMENT ON FUNCTION flagtree.default_variants() IS
  'Trigger: gives the variants on and off to a boolean flag that is inserted with none.';

CREATE FUNCTION flagtree.delete_overrides() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'environments' THEN
    DELETE FROM flagtree.environment_flags AS override WHERE override.environment_id = OLD.id;
  ELSE
    DELETE FROM flagtree.environment_flags AS override WHERE override.flag_id = OLD.id;
  END IF;
  RETURN OLD;
END $$;
COMMENT ON FUNCTION flagtree.delete_overrides() IS
  'Trigger: deletes the overrides of a flag or an environment ahead of the foreign key''s cascade, so that their audit entries come first and can still name both.';

CREATE FUNCTION flagtree.refuse_new_identity() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  before jsonb := to_jsonb(OLD);
  after jsonb := to_jsonb(NEW);
  label text := coalesce(before ->> 'slug', before ->> 'key', before ->> 'name', before ->> 'id');
  changed text;
BEGIN
  SELECT arg INTO changed FROM unnest(TG_ARGV) AS arg WHERE before -> arg IS DISTINCT FROM after -> arg LIMIT 1;
  RAISE EXCEPTION 'The % of "%" in % never changes', changed, label, TG_TABLE_NAME
    USING ERRCODE = 'FT003', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = changed,
          HINT = 'Everything else refers to it: leave it, or insert a new row and delete or archive this one.';
END $$;
COMMENT ON FUNCTION flagtree.refuse_new_identity() IS
  'Trigger: refuses (FT003) a change of the columns that its arguments name.';

CREATE FUNCTION flagtree.stamp() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.version := 1;
    NEW.updated_at := NEW.created_at;
    RETURN NEW;
  END IF;
  NEW.created_at := OLD.created_at;
  NEW.updated_at := OLD.updated_at;
  NEW.version := OLD.version;
  IF NEW IS NOT DISTINCT FROM OLD THEN
    RETURN NULL;
  END IF;
  NEW.updated_at := clock_timestamp();
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION flagtree.stamp() IS
  'Trigger: keeps version, created_at and updated_at, and skips an update that changes nothing else.';

CREATE FUNCTION flagtree.guard_tree() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  deepest CONSTANT integer := 10;
  chain text[];
  is_cycle boolean;
  levels integer;
BEGIN
  WITH RECURSIVE walk AS (
    SELECT start.slug, start.parent_id, ARRAY[start.slug] AS path, false AS is_closed
      FROM flagtree.environments AS start WHERE start.id = NEW.id
    UNION ALL
    SELECT parent.slug, parent.parent_id, walk.path || parent.slug, parent.slug = ANY (walk.path)
      FROM walk JOIN flagtree.environments AS parent ON parent.id = walk.parent_id
     WHERE NOT walk.is_closed
  )
  SELECT walk.path, walk.is_closed INTO chain, is_cycle FROM walk ORDER BY cardinality(walk.path) DESC LIMIT 1;
  IF is_cycle THEN
    RAISE EXCEPTION 'Environment "%" cannot inherit from "%": that makes a cycle, %', NEW.slug, chain[2], array_to_string(chain, ' → ')
      USING ERRCODE = 'FT001', SCHEMA = 'flagtree', TABLE = 'environments', COLUMN = 'parent_id',
            DETAIL = array_to_string(chain, ' '),
            HINT = format('Choose a parent for "%s" that is neither itself nor below it.', NEW.slug);
  END IF;

  WITH RECURSIVE walk AS (
    SELECT NEW.id AS id, 0 AS depth
    UNION ALL
    SELECT child.id, walk.depth + 1
      FROM walk JOIN flagtree.environments AS child ON child.parent_id = walk.id
     WHERE walk.depth <= deepest
  )
  SELECT cardinality(chain) + max(walk.depth) INTO levels FROM walk;
  IF levels > deepest THEN
    RAISE EXCEPTION 'Environment "%" cannot be below "%": the tree would be % deep, and environment trees are at most % deep',
                    NEW.slug, chain[2], levels, deepest
      USING ERRCODE = 'FT002', SCHEMA = 'flagtree', TABLE = 'environments', COLUMN = 'parent_id',
            DETAIL = array_to_string(chain, ' '),
            HINT = format('Choose a parent for "%s" that is nearer to its root: %s.', NEW.slug, chain[cardinality(chain)]);
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION flagtree.guard_tree() IS
  'Trigger: refuses a cycle (FT001) and a tree of more than 10 levels (FT002), by the tree as the whole statement leaves it. DETAIL: the chain of slugs.';


DO $$
DECLARE
  audited text;
BEGIN
  FOREACH audited IN ARRAY ARRAY['environments', 'flags', 'environment_flags', 'segments', 'tokens'] LOOP
    EXECUTE format('CREATE TRIGGER t1_lock_ledger BEFORE INSERT OR UPDATE OR DELETE ON flagtree.%I
                      FOR EACH STATEMENT EXECUTE FUNCTION flagtree.lock_ledger()', audited);
    EXECUTE format('COMMENT ON TRIGGER t1_lock_ledger ON flagtree.%I IS %L', audited, 'Writers come one after another.');
    EXECUTE format('CREATE TRIGGER t4_stamp BEFORE INSERT OR UPDATE ON flagtree.%I
                      FOR EACH ROW EXECUTE FUNCTION flagtree.stamp()', audited);
    EXECUTE format('COMMENT ON TRIGGER t4_stamp ON flagtree.%I IS %L', audited, 'Keeps version and times; an update without a difference is skipped.');
  END LOOP;
END $$;

-- Triggers fire without it; with it, anybody could attach functions that run with the owner's rights to a table of his own.
REVOKE EXECUTE ON FUNCTION flagtree.lock_ledger(), flagtree.delete_overrides(), flagtree.guard_tree() FROM PUBLIC;

CREATE TRIGGER t2_default_name BEFORE INSERT ON flagtree.environments
  FOR EACH ROW WHEN (NEW.name IS NULL) EXECUTE FUNCTION flagtree.default_name('slug');
CREATE TRIGGER t2_default_name BEFORE INSERT ON flagtree.flags
  FOR EACH ROW WHEN (NEW.name IS NULL) EXECUTE FUNCTION flagtree.default_name('key');
CREATE TRIGGER t2_default_name BEFORE INSERT ON flagtree.segments
  FOR EACH ROW WHEN (NEW.name IS NULL) EXECUTE FUNCTION flagtree.default_name('key');
CREATE TRIGGER t2_default_variants BEFORE INSERT ON flagtree.flags
  FOR EACH ROW WHEN (NEW.type = 'boolean' AND NEW.variants = '[]' AND NEW.default_variant IS NULL AND NEW.off_variant IS NULL)
  EXECUTE FUNCTION flagtree.default_variants();
CREATE TRIGGER t2_delete_overrides BEFORE DELETE ON flagtree.environments
  FOR EACH ROW EXECUTE FUNCTION flagtree.delete_overrides();
CREATE TRIGGER t2_delete_overrides BEFORE DELETE ON flagtree.flags
  FOR EACH ROW EXECUTE FUNCTION flagtree.delete_overrides();

CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.environments
  FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.slug <> OLD.slug)
  EXECUTE FUNCTION flagtree.refuse_new_identity('id', 'slug');
CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.flags
  FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.key <> OLD.key OR NEW.type <> OLD.type)
  EXECUTE FUNCTION flagtree.refuse_new_identity('id', 'key', 'type');
CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.environment_flags
  FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.environment_id <> OLD.environment_id OR NEW.flag_id <> OLD.flag_id)
  EXECUTE FUNCTION flagtree.refuse_new_identity('id', 'environment_id', 'flag_id');
CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.segments
  FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.key <> OLD.key)
  EXECUTE FUNCTION flagtree.refuse_new_identity('id', 'key');
CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.tokens
  FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.kind <> OLD.kind)
  EXECUTE FUNCTION flagtree.refuse_new_identity('id', 'kind');

CREATE TRIGGER t5_guard_tree AFTER INSERT OR UPDATE OF parent_id ON flagtree.environments
  FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION flagtree.guard_tree();

COMMENT ON TRIGGER t2_default_name ON flagtree.environments IS 'The slug is the name of an environment inserted without one.';
COMMENT ON TRIGGER t2_default_name ON flagtree.flags IS 'The key is the name of a flag inserted without one.';
COMMENT ON TRIGGER t2_default_name ON flagtree.segments IS 'The key is the name of a segment inserted without one.';
COMMENT ON TRIGGER t2_default_variants ON flagtree.flags IS 'A boolean flag inserted without variants gets on and off.';
COMMENT ON TRIGGER t2_delete_overrides ON flagtree.environments IS 'Its overrides go first.';
COMMENT ON TRIGGER t2_delete_overrides ON flagtree.flags IS 'Its overrides go first.';
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.environments IS 'Id and slug never change.';
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.flags IS 'Id, key and type never change.';
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.environment_flags IS 'An override stays with its environment and flag.';
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.segments IS 'Id and key never change.';
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.tokens IS 'Id and kind never change.';
COMMENT ON TRIGGER t5_guard_tree ON flagtree.environments IS 'No cycle, and at most 10 levels.';
