-- What people write with psql is held to what the API holds itself to: pipelines that can be followed, instants that can be told, promotions that were.
-- The checks are NOT VALID: a row from before does not stop this migration, and is judged when it is written again.
-- One more SQLSTATE of our own (see the first migration): FT007, a pipeline would have a step in no environment.

CREATE FUNCTION flagtree.are_gates(steps jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  gates jsonb := jsonb_path_query_array(steps, 'lax $[*].gates[*]', silent => true);
BEGIN
  RETURN flagtree.every(gates, 'strict $[*] ? (
           (@.gate == "soak" && @.minutes.type() == "number" && @.minutes >= 0 && @.minutes <= 525600)
           || (@.gate == "frozen-hours" && @.timeZone.type() == "string" && @.windows.type() == "array" && @.windows.size() > 0)
           || @.gate == "reason" || @.gate == "has-checks")')
     AND flagtree.every(jsonb_path_query_array(gates, 'lax $[*].windows[*]', silent => true), 'strict $[*] ? (
           @.days.type() == "array" && @.days.size() > 0
           && !exists(@.days[*] ? (@.type() != "string" || !(@ like_regex "^(mon|tues|wednes|thurs|fri|satur|sun)day$")))
           && @.from like_regex "^([01][0-9]|2[0-3]):[0-5][0-9]$" && @.to like_regex "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
           && @.from != @.to)');
END $$;
COMMENT ON FUNCTION flagtree.are_gates(jsonb) IS
  'Whether every gate of the steps is one that there is, with what it needs: one that cannot be read would hold nobody up. A new kind of gate is added here too.';

ALTER TABLE flagtree.pipelines
  ADD CONSTRAINT ck_pipelines_have_steps CHECK (NOT flagtree.is_list(steps) OR jsonb_array_length(steps) BETWEEN 2 AND 50) NOT VALID,
  ADD CONSTRAINT ck_pipelines_gates CHECK (flagtree.are_gates(steps)) NOT VALID;

CREATE FUNCTION flagtree.refuse_lost_steps() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  lost record;
BEGIN
  SELECT pipeline.name, step.slug INTO lost
    FROM flagtree.pipelines AS pipeline
   CROSS JOIN LATERAL (SELECT item.value ->> 'environment' FROM jsonb_array_elements(pipeline.steps) AS item (value)) AS step (slug)
   WHERE CASE WHEN TG_TABLE_NAME = 'pipelines' THEN pipeline.id = (to_jsonb(NEW) ->> 'id')::uuid ELSE step.slug = to_jsonb(OLD) ->> 'slug' END
     AND NOT EXISTS (SELECT FROM flagtree.environments AS environment WHERE environment.slug = step.slug)
   ORDER BY pipeline.name
   LIMIT 1;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'The pipeline "%" has a step in "%", which would be no environment', lost.name, lost.slug
    USING ERRCODE = 'FT007', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
          HINT = format('Take the step out of the pipeline (or delete it: /api/admin/pipelines/%s) before the environment goes.', lost.name);
END $$;
COMMENT ON FUNCTION flagtree.refuse_lost_steps() IS
  'Trigger: refuses (FT007) to leave a pipeline with a step in an environment that does not exist: nothing could pass it, and its export could not be imported.';

CREATE CONSTRAINT TRIGGER t7_refuse_lost_steps AFTER DELETE ON flagtree.environments
  DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION flagtree.refuse_lost_steps();
CREATE CONSTRAINT TRIGGER t7_refuse_lost_steps AFTER INSERT OR UPDATE ON flagtree.pipelines
  DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION flagtree.refuse_lost_steps();
COMMENT ON TRIGGER t7_refuse_lost_steps ON flagtree.environments IS 'An environment that is a step of a pipeline stays. Can be deferred to the end of a transaction that changes both.';
COMMENT ON TRIGGER t7_refuse_lost_steps ON flagtree.pipelines IS 'The environments of the steps exist. Can be deferred to the end of a transaction that changes both.';

-- RFC 3339, in which the API and exports tell instants, has four digits for a year and no infinity.
CREATE FUNCTION flagtree.can_be_told(moment timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN moment >= '0001-01-01 00:00:00+00'::timestamptz AND moment < '10000-01-01 00:00:00+00'::timestamptz;
COMMENT ON FUNCTION flagtree.can_be_told(timestamptz) IS
  'Whether the instant can be written as RFC 3339: in the years 1 to 9999.';

ALTER TABLE flagtree.environments
  ADD CONSTRAINT ck_environments_expires_at CHECK (flagtree.can_be_told(expires_at)) NOT VALID;
ALTER TABLE flagtree.flags
  ADD CONSTRAINT ck_flags_expires_at CHECK (flagtree.can_be_told(expires_at)) NOT VALID,
  ADD CONSTRAINT ck_flags_archived_at CHECK (flagtree.can_be_told(archived_at)) NOT VALID;
ALTER TABLE flagtree.tokens
  ADD CONSTRAINT ck_tokens_expires_at CHECK (flagtree.can_be_told(expires_at)) NOT VALID;

ALTER TABLE flagtree.promotions
  ADD CONSTRAINT ck_promotions_plan_is_whole CHECK (
    flagtree.every(jsonb_build_array(plan), 'strict $[*] ? (
      @.rows.type() == "array" && @.changes.type() == "array" && @.effect.type() == "array" && @.effectTotal.type() == "number"
      && @.redundant.type() == "array" && @.dependencies.type() == "array" && @.checks.type() == "array" && @.branches.type() == "array"
      && @.gates.type() == "array" && @.conflicts.type() == "array")')
    AND flagtree.every(plan -> 'rows', 'strict $[*] ? (
      @.environment.type() == "string" && @.flag.type() == "string"
      && (@.before.type() == "object" || @.before.type() == "null") && (@.after.type() == "object" || @.after.type() == "null"))')
  ) NOT VALID;

CREATE FUNCTION flagtree.refuse_promotion_edit() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The promotion "%" was done: % of flagtree.promotions is refused', OLD.id, TG_OP
    USING ERRCODE = 'FT004', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
          HINT = 'To take it back, POST /api/admin/promotions/{id}/revert.';
END $$;
COMMENT ON FUNCTION flagtree.refuse_promotion_edit() IS
  'Trigger: refuses (FT004) to change or delete what the log of promotions says.';

DROP TRIGGER t3_refuse_new_identity ON flagtree.promotions;
CREATE TRIGGER t3_refuse_edit BEFORE UPDATE OR DELETE ON flagtree.promotions
  FOR EACH ROW EXECUTE FUNCTION flagtree.refuse_promotion_edit();
COMMENT ON TRIGGER t3_refuse_edit ON flagtree.promotions IS 'What was done was done.';
COMMENT ON COLUMN flagtree.promotions.updated_at IS 'As created_at: nothing changes a promotion.';
COMMENT ON COLUMN flagtree.promotions.version IS '1: nothing changes a promotion.';
