DROP TRIGGER t3_refuse_edit ON flagtree.promotions;
CREATE TRIGGER t3_refuse_new_identity BEFORE UPDATE ON flagtree.promotions
  FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.plan <> OLD.plan OR NEW.revision <> OLD.revision)
  EXECUTE FUNCTION flagtree.refuse_new_identity('id', 'plan', 'revision');
COMMENT ON TRIGGER t3_refuse_new_identity ON flagtree.promotions IS 'What was done was done.';
COMMENT ON COLUMN flagtree.promotions.updated_at IS 'The last change, kept by a trigger: nothing changes a promotion.';
COMMENT ON COLUMN flagtree.promotions.version IS 'Counts the changes of this row from 1; kept by a trigger.';
ALTER TABLE flagtree.promotions DROP CONSTRAINT ck_promotions_plan_is_whole;
DROP FUNCTION flagtree.refuse_promotion_edit();

ALTER TABLE flagtree.tokens DROP CONSTRAINT ck_tokens_expires_at;
ALTER TABLE flagtree.flags DROP CONSTRAINT ck_flags_archived_at, DROP CONSTRAINT ck_flags_expires_at;
ALTER TABLE flagtree.environments DROP CONSTRAINT ck_environments_expires_at;
DROP FUNCTION flagtree.can_be_told(timestamptz);

DROP TRIGGER t7_refuse_lost_steps ON flagtree.pipelines;
DROP TRIGGER t7_refuse_lost_steps ON flagtree.environments;
DROP FUNCTION flagtree.refuse_lost_steps();
ALTER TABLE flagtree.pipelines DROP CONSTRAINT ck_pipelines_gates, DROP CONSTRAINT ck_pipelines_have_steps;
DROP FUNCTION flagtree.are_gates(jsonb);
