-- Promotion: what is checked (checks), the way that it goes (pipelines), and what was done (promotions), with views for people with psql.

CREATE TABLE flagtree.checks (
  id uuid CONSTRAINT pk_checks PRIMARY KEY DEFAULT flagtree.uuid_v7(),
  flag_id uuid NOT NULL CONSTRAINT fk_checks_flag REFERENCES flagtree.flags (id) ON DELETE CASCADE,
  environment_id uuid CONSTRAINT fk_checks_environment REFERENCES flagtree.environments (id) ON DELETE CASCADE,
  name text COLLATE "C" NOT NULL,
  context jsonb NOT NULL,
  variant text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT uq_checks_flag_name UNIQUE (flag_id, name),
  CONSTRAINT ck_checks_name CHECK (name ~ '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$'),
  CONSTRAINT ck_checks_context_is_an_object CHECK (jsonb_typeof(context) = 'object')
);
CREATE INDEX ix_checks_environment_id ON flagtree.checks (environment_id);

COMMENT ON TABLE flagtree.checks IS 'Named contexts, each with the variant that a flag must serve it. A promotion after which one no longer holds is refused.';
COMMENT ON COLUMN flagtree.checks.id IS 'Made by flagtree.uuid_v7(); never changes.';
COMMENT ON COLUMN flagtree.checks.flag_id IS 'The flag; never changes.';
COMMENT ON COLUMN flagtree.checks.environment_id IS 'The environment in which it must hold; NULL: in every one.';
COMMENT ON COLUMN flagtree.checks.name IS 'Unique for the flag; never changes.';
COMMENT ON COLUMN flagtree.checks.context IS 'The evaluation context, a JSON object.';
COMMENT ON COLUMN flagtree.checks.variant IS 'Key of the expected variant; NULL: none, so the caller''s own default.';
COMMENT ON COLUMN flagtree.checks.created_at IS 'Never changes.';
COMMENT ON COLUMN flagtree.checks.updated_at IS 'The last change; kept by a trigger.';
COMMENT ON COLUMN flagtree.checks.version IS 'Counts the changes of this row from 1; kept by a trigger.';

CREATE TABLE flagtree.pipelines (
  id uuid CONSTRAINT pk_pipelines PRIMARY KEY DEFAULT flagtree.uuid_v7(),
  name text COLLATE "C" NOT NULL CONSTRAINT uq_pipelines_name UNIQUE,
  description text,
  direction text COLLATE "C" NOT NULL DEFAULT 'any',
  steps jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT ck_pipelines_name CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  CONSTRAINT ck_pipelines_direction CHECK (direction IN ('any', 'forward', 'next-step')),
  CONSTRAINT ck_pipelines_steps_are_a_list CHECK (flagtree.is_list(steps)),
  CONSTRAINT ck_pipelines_steps_have_an_environment
    CHECK (flagtree.every(steps, 'strict $[*] ? (@.environment.type() == "string" && @.gates.type() == "array")')),
  CONSTRAINT ck_pipelines_environments_are_unique CHECK (flagtree.is_unique(steps, 'environment'))
);

COMMENT ON TABLE flagtree.pipelines IS 'The ways that promotions take: ordered environments, and what must hold before a flag enters each.';
COMMENT ON COLUMN flagtree.pipelines.id IS 'Made by flagtree.uuid_v7(); never changes.';
COMMENT ON COLUMN flagtree.pipelines.name IS '^[a-z0-9][a-z0-9_-]{0,62}$, unique, never changes.';
COMMENT ON COLUMN flagtree.pipelines.description IS 'For people.';
COMMENT ON COLUMN flagtree.pipelines.direction IS 'any: its order is only told; forward: promotions against it are refused; next-step: those that skip a step, too.';
COMMENT ON COLUMN flagtree.pipelines.steps IS 'List of { environment, gates: [{ gate, … }] } in order; the gates guard the entry into that environment.';
COMMENT ON COLUMN flagtree.pipelines.created_at IS 'Never changes.';
COMMENT ON COLUMN flagtree.pipelines.updated_at IS 'The last change; kept by a trigger.';
COMMENT ON COLUMN flagtree.pipelines.version IS 'Counts the changes of this row from 1; kept by a trigger.';

CREATE TABLE flagtree.promotions (
  id uuid CONSTRAINT pk_promotions PRIMARY KEY DEFAULT flagtree.uuid_v7(),
  kind text COLLATE "C" NOT NULL,
  reverts uuid CONSTRAINT fk_promotions_reverts REFERENCES flagtree.promotions (id),
  source text COLLATE "C" NOT NULL,
  targets text[] NOT NULL,
  flags text[] NOT NULL,
  mode text COLLATE "C" NOT NULL,
  fields text[] NOT NULL,
  prune boolean NOT NULL,
  plan_id text NOT NULL,
  plan jsonb NOT NULL,
  actor text NOT NULL DEFAULT flagtree.current_actor(),
  reason text,
  revision bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT ck_promotions_kind CHECK (kind IN ('promotion', 'revert')),
  CONSTRAINT ck_promotions_revert_names_a_promotion CHECK ((kind = 'revert') = (reverts IS NOT NULL)),
  CONSTRAINT ck_promotions_mode CHECK (mode IN ('override', 'resolved')),
  CONSTRAINT ck_promotions_targets_are_words CHECK (flagtree.are_words(targets)),
  CONSTRAINT ck_promotions_flags_are_words CHECK (flagtree.are_words(flags)),
  CONSTRAINT ck_promotions_fields_are_words CHECK (flagtree.are_words(fields)),
  CONSTRAINT ck_promotions_plan_is_an_object CHECK (jsonb_typeof(plan) = 'object')
);
CREATE INDEX ix_promotions_reverts ON flagtree.promotions (reverts);
CREATE INDEX ix_promotions_flags ON flagtree.promotions USING gin (flags);
CREATE INDEX ix_audit_entries_causation_id ON flagtree.audit_entries (causation_id, id) WHERE causation_id IS NOT NULL;

COMMENT ON TABLE flagtree.promotions IS 'What was promoted, and taken back: each with the plan that was applied. The audit entries of its rows have its id as their causation_id.';
COMMENT ON COLUMN flagtree.promotions.id IS 'Made by flagtree.uuid_v7(); never changes.';
COMMENT ON COLUMN flagtree.promotions.kind IS 'promotion, or revert: it took another one back.';
COMMENT ON COLUMN flagtree.promotions.reverts IS 'The promotion that a revert took back.';
COMMENT ON COLUMN flagtree.promotions.source IS 'Slug of the environment that was promoted.';
COMMENT ON COLUMN flagtree.promotions.targets IS 'Slugs of the environments that it was promoted to.';
COMMENT ON COLUMN flagtree.promotions.flags IS 'Keys of the flags that were asked for.';
COMMENT ON COLUMN flagtree.promotions.mode IS 'override: what the source itself overrides; resolved: all that it gives.';
COMMENT ON COLUMN flagtree.promotions.fields IS 'The fields that were asked for.';
COMMENT ON COLUMN flagtree.promotions.prune IS 'Whether overrides of the source that became redundant were removed.';
COMMENT ON COLUMN flagtree.promotions.plan_id IS 'The plan that was applied: the revision that it was made at, and the hash of its content.';
COMMENT ON COLUMN flagtree.promotions.plan IS 'The plan: rows (before and after), changes, the first 1,000 of its effect, dependencies, checks and gates.';
COMMENT ON COLUMN flagtree.promotions.actor IS 'Who did it.';
COMMENT ON COLUMN flagtree.promotions.reason IS 'Why.';
COMMENT ON COLUMN flagtree.promotions.revision IS 'The revision that it made.';
COMMENT ON COLUMN flagtree.promotions.created_at IS 'When; never changes.';
COMMENT ON COLUMN flagtree.promotions.updated_at IS 'The last change, kept by a trigger: nothing changes a promotion.';
COMMENT ON COLUMN flagtree.promotions.version IS 'Counts the changes of this row from 1; kept by a trigger.';

-- What is audited is decided by the triggers that a table has; a list here would have to be edited with each new table.
ALTER TABLE flagtree.audit_entries DROP CONSTRAINT ck_audit_entries_table_name;
ALTER TABLE flagtree.audit_entries ADD CONSTRAINT ck_audit_entries_table_name CHECK (table_name ~ '^[a-z_]+$');

-- As before, but it names the flag and the environment of any row that refers to one.
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

CREATE OR REPLACE FUNCTION flagtree.delete_overrides() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'environments' THEN
    DELETE FROM flagtree.environment_flags AS override WHERE override.environment_id = OLD.id;
    DELETE FROM flagtree.checks AS ours WHERE ours.environment_id = OLD.id;
  ELSE
    DELETE FROM flagtree.environment_flags AS override WHERE override.flag_id = OLD.id;
    DELETE FROM flagtree.checks AS ours WHERE ours.flag_id = OLD.id;
  END IF;
  RETURN OLD;
END $$;
COMMENT ON FUNCTION flagtree.delete_overrides() IS
  'Trigger: deletes the overrides and checks of a flag or an environment ahead of the foreign key''s cascade, so that their audit entries come first and can still name both.';

DO $$
DECLARE
  audited text;
BEGIN
  FOREACH audited IN ARRAY ARRAY['checks', 'pipelines', 'promotions'] LOOP
    EXECUTE format('CREATE TRIGGER t1_lock_ledger BEFORE INSERT OR UPDATE OR DELETE ON flagtree.%I
                      FOR EACH STATEMENT EXECUTE FUNCTION flagtree.lock_ledger()', audited);
    EXECUTE format('CREATE TRIGGER t1_refuse_truncate BEFORE TRUNCATE ON flagtree.%I
                      FOR EACH STATEMENT EXECUTE FUNCTION flagtree.refuse_truncate()', audited);
    EXECUTE format('CREATE TRIGGER t4_stamp BEFORE INSERT OR UPDATE ON flagtree.%I
                      FOR EACH ROW EXECUTE FUNCTION flagtree.stamp()', audited);
    EXECUTE format('CREATE TRIGGER t6_write_inserts AFTER INSERT ON flagtree.%I REFERENCING NEW TABLE AS new_rows
                      FOR EACH STATEMENT EXECUTE FUNCTION flagtree.write_entries()', audited);
    EXECUTE format('CREATE TRIGGER t6_write_updates AFTER UPDATE ON flagtree.%I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                      FOR EACH STATEMENT EXECUTE FUNCTION flagtree.write_entries()', audited);
    EXECUTE format('CREATE TRIGGER t6_write_deletes AFTER DELETE ON flagtree.%I REFERENCING OLD TABLE AS old_rows
                      FOR EACH STATEMENT EXECUTE FUNCTION flagtree.write_entries()', audited);
    EXECUTE format('COMMENT ON TRIGGER t1_lock_ledger ON flagtree.%I IS %L', audited, 'Writers come one after another.');
    EXECUTE format('COMMENT ON TRIGGER t1_refuse_truncate ON flagtree.%I IS %L', audited, 'Rows go by DELETE, which is audited.');
    EXECUTE format('COMMENT ON TRIGGER t4_stamp ON flagtree.%I IS %L', audited, 'Keeps version and times; an update without a difference is skipped.');
    EXECUTE format('COMMENT ON TRIGGER t6_write_inserts ON flagtree.%I IS %L', audited, 'Audits new rows.');
    EXECUTE format('COMMENT ON TRIGGER t6_write_updates ON flagtree.%I IS %L', audited, 'Audits changed rows.');
    EXECUTE format('COMMENT ON TRIGGER t6_write_deletes ON flagtree.%I IS %L', audited, 'Audits deleted rows.');
  END LOOP;
END $$;

CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.checks
  FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.flag_id <> OLD.flag_id OR NEW.name <> OLD.name)
  EXECUTE FUNCTION flagtree.refuse_new_identity('id', 'flag_id', 'name');
CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.pipelines
  FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.name <> OLD.name)
  EXECUTE FUNCTION flagtree.refuse_new_identity('id', 'name');
CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.promotions
  FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.plan <> OLD.plan OR NEW.revision <> OLD.revision)
  EXECUTE FUNCTION flagtree.refuse_new_identity('id', 'plan', 'revision');
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.checks IS 'Id, flag and name never change.';
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.pipelines IS 'Id and name never change.';
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.promotions IS 'What was done was done.';

CREATE VIEW flagtree.promotion_log AS
SELECT promotion.id, promotion.created_at AS timestamp, promotion.actor AS user_name, promotion.kind, promotion.source, promotion.targets,
       promotion.flags, promotion.mode, promotion.fields, promotion.reason, promotion.revision,
       jsonb_array_length(promotion.plan -> 'changes') AS changes,
       (SELECT count(*) FROM flagtree.audit_entries AS entry
         WHERE entry.causation_id = promotion.id::text AND entry.table_name <> 'promotions') AS entries,
       promotion.reverts,
       (SELECT later.id FROM flagtree.promotions AS later WHERE later.reverts = promotion.id ORDER BY later.id DESC LIMIT 1) AS reverted_by,
       promotion.plan_id
  FROM flagtree.promotions AS promotion;

COMMENT ON VIEW flagtree.promotion_log IS 'What was promoted or taken back, by whom, when and why. ORDER BY id DESC for the newest first.';
COMMENT ON COLUMN flagtree.promotion_log.id IS 'Id of the promotion; the causation_id of the audit entries of its rows.';
COMMENT ON COLUMN flagtree.promotion_log.timestamp IS 'When.';
COMMENT ON COLUMN flagtree.promotion_log.user_name IS 'Who did it.';
COMMENT ON COLUMN flagtree.promotion_log.kind IS 'promotion or revert.';
COMMENT ON COLUMN flagtree.promotion_log.source IS 'The environment that was promoted.';
COMMENT ON COLUMN flagtree.promotion_log.targets IS 'The environments that it was promoted to.';
COMMENT ON COLUMN flagtree.promotion_log.flags IS 'The flags.';
COMMENT ON COLUMN flagtree.promotion_log.mode IS 'override or resolved.';
COMMENT ON COLUMN flagtree.promotion_log.fields IS 'The fields that were asked for.';
COMMENT ON COLUMN flagtree.promotion_log.reason IS 'Why.';
COMMENT ON COLUMN flagtree.promotion_log.revision IS 'The revision that it made.';
COMMENT ON COLUMN flagtree.promotion_log.changes IS 'How many fields of overrides it set or cleared.';
COMMENT ON COLUMN flagtree.promotion_log.entries IS 'How many audit entries of overrides point to it.';
COMMENT ON COLUMN flagtree.promotion_log.reverts IS 'The promotion that it took back.';
COMMENT ON COLUMN flagtree.promotion_log.reverted_by IS 'The last revert that took it back, if any.';
COMMENT ON COLUMN flagtree.promotion_log.plan_id IS 'The plan that was applied.';

CREATE VIEW flagtree.environment_differences AS
SELECT ours.environment AS from_environment, theirs.environment AS to_environment, ours.flag, field.name AS field,
       field.from_value, field.from_source, field.to_value, field.to_source
  FROM flagtree.resolved_flags AS ours
  JOIN flagtree.resolved_flags AS theirs ON theirs.flag = ours.flag
 CROSS JOIN LATERAL (VALUES
         ('enabled', to_jsonb(ours.enabled), ours.enabled_source, to_jsonb(theirs.enabled), theirs.enabled_source),
         ('percentage', to_jsonb(ours.percentage), ours.percentage_source, to_jsonb(theirs.percentage), theirs.percentage_source),
         ('rules', ours.rules, ours.rules_source, theirs.rules, theirs.rules_source),
         ('variants', ours.variants, ours.variants_source, theirs.variants, theirs.variants_source),
         ('defaultVariant', to_jsonb(ours.default_variant), ours.default_variant_source, to_jsonb(theirs.default_variant), theirs.default_variant_source),
         ('offVariant', to_jsonb(ours.off_variant), ours.off_variant_source, to_jsonb(theirs.off_variant), theirs.off_variant_source)
       ) AS field (name, from_value, from_source, to_value, to_source)
 WHERE field.from_value IS DISTINCT FROM field.to_value;

COMMENT ON VIEW flagtree.environment_differences IS 'Where two environments resolve a flag differently, a row per field. Always filter by from_environment and to_environment: only these are resolved.';
COMMENT ON COLUMN flagtree.environment_differences.from_environment IS 'The one environment.';
COMMENT ON COLUMN flagtree.environment_differences.to_environment IS 'The other one.';
COMMENT ON COLUMN flagtree.environment_differences.flag IS 'The flag; archived ones are left out.';
COMMENT ON COLUMN flagtree.environment_differences.field IS 'The field, as the API names it.';
COMMENT ON COLUMN flagtree.environment_differences.from_value IS 'Its value in the one; NULL: none, which only the default and off variant can have.';
COMMENT ON COLUMN flagtree.environment_differences.from_source IS 'Where that comes from: "flag" or the slug of an environment.';
COMMENT ON COLUMN flagtree.environment_differences.to_value IS 'Its value in the other.';
COMMENT ON COLUMN flagtree.environment_differences.to_source IS 'Where that comes from.';
