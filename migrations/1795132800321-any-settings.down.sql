DROP VIEW flagtree.resolved_settings;
ALTER TABLE flagtree.environments
  DROP CONSTRAINT ck_environments_settings_are_an_object,
  DROP CONSTRAINT ck_environments_settings_hold_no_null,
  DROP CONSTRAINT ck_environments_settings_guards_are_booleans,
  DROP CONSTRAINT ck_environments_settings_are_spelt_right,
  DROP CONSTRAINT ck_environments_settings_are_small;
DROP FUNCTION flagtree.are_spelt_right(jsonb);
DROP FUNCTION flagtree.compact_size(jsonb);

-- The version before knows two keys and refuses to write a row with any other; the audit log keeps what goes here.
UPDATE flagtree.environments AS own
   SET settings = (SELECT coalesce(jsonb_object_agg(setting.key, setting.value), '{}')
                     FROM jsonb_each(own.settings) AS setting
                    WHERE setting.key IN ('protected', 'require_approval'))
 WHERE own.settings - 'protected' - 'require_approval' <> '{}';

CREATE FUNCTION flagtree.are_settings(settings jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
  WHEN jsonb_typeof(settings) = 'object' THEN
    settings - 'protected' - 'require_approval' = '{}'
    AND coalesce(jsonb_typeof(settings -> 'protected'), 'boolean') = 'boolean'
    AND coalesce(jsonb_typeof(settings -> 'require_approval'), 'boolean') = 'boolean'
  ELSE false
END;
COMMENT ON FUNCTION flagtree.are_settings(jsonb) IS
  'Whether this is an object with nothing but the booleans "protected" and "require_approval", both optional.';
ALTER TABLE flagtree.environments
  ADD CONSTRAINT ck_environments_settings_are_known_booleans CHECK (flagtree.are_settings(settings));
COMMENT ON COLUMN flagtree.environments.settings IS 'Only the booleans "protected" and "require_approval"; they come down the tree, and a child can tighten them, not loosen them.';
