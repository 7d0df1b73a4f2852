DROP VIEW flagtree.promotion_log;
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

ALTER TABLE flagtree.pipelines DROP COLUMN with_values;
ALTER TABLE flagtree.promotions
  DROP COLUMN with_values,
  DROP COLUMN keep,
  DROP CONSTRAINT ck_promotions_mode,
  ADD CONSTRAINT ck_promotions_mode CHECK (mode IN ('override', 'resolved')) NOT VALID;
COMMENT ON COLUMN flagtree.promotions.mode IS 'override: what the source itself overrides; resolved: all that it gives.';
