-- Promotions say which values stood for the source's and what was kept; pipelines say whether any value may.

ALTER TABLE flagtree.promotions
  ADD COLUMN with_values jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN keep text[] NOT NULL DEFAULT '{}',
  ADD CONSTRAINT ck_promotions_with_values_are_an_object CHECK (jsonb_typeof(with_values) = 'object'),
  ADD CONSTRAINT ck_promotions_keep_are_words CHECK (flagtree.are_words(keep)),
  DROP CONSTRAINT ck_promotions_mode,
  ADD CONSTRAINT ck_promotions_mode CHECK (mode IN ('resolved', 'override', 'exact'));
COMMENT ON COLUMN flagtree.promotions.mode IS
  'resolved: all that the source gives; override: the fields that the source itself overrides; exact: its override as it is.';
COMMENT ON COLUMN flagtree.promotions.with_values IS 'Values that the targets got instead of the source''s, by field; null: to inherit.';
COMMENT ON COLUMN flagtree.promotions.keep IS 'Slugs of the environments below the targets that did not follow.';

ALTER TABLE flagtree.pipelines
  ADD COLUMN with_values text COLLATE "C" NOT NULL DEFAULT 'restricted',
  ADD CONSTRAINT ck_pipelines_with_values CHECK (with_values IN ('restricted', 'any'));
COMMENT ON COLUMN flagtree.pipelines.with_values IS
  'Which values may stand for the source''s where a step has gates. restricted: a percentage, and enabled false; any: every value, though it was never in the source.';

CREATE OR REPLACE VIEW flagtree.promotion_log AS
SELECT promotion.id, promotion.created_at AS timestamp, promotion.actor AS user_name, promotion.kind, promotion.source, promotion.targets,
       promotion.flags, promotion.mode, promotion.fields, promotion.reason, promotion.revision,
       jsonb_array_length(promotion.plan -> 'changes') AS changes,
       (SELECT count(*) FROM flagtree.audit_entries AS entry
         WHERE entry.causation_id = promotion.id::text AND entry.table_name <> 'promotions') AS entries,
       promotion.reverts,
       (SELECT later.id FROM flagtree.promotions AS later WHERE later.reverts = promotion.id ORDER BY later.id DESC LIMIT 1) AS reverted_by,
       promotion.plan_id, promotion.with_values, promotion.keep
  FROM flagtree.promotions AS promotion;
COMMENT ON COLUMN flagtree.promotion_log.mode IS 'resolved, override or exact.';
COMMENT ON COLUMN flagtree.promotion_log.with_values IS 'Values that the targets got instead of the source''s.';
COMMENT ON COLUMN flagtree.promotion_log.keep IS 'The environments below the targets that did not follow.';
