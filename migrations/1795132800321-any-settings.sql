-- Settings are any JSON object, resolved key by key to the nearest environment that sets one: a child may say otherwise than its parent.

ALTER TABLE flagtree.environments DROP CONSTRAINT ck_environments_settings_are_known_booleans;
DROP FUNCTION flagtree.are_settings(jsonb);

CREATE FUNCTION flagtree.are_spelt_right(settings jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN jsonb_typeof(settings) <> 'object' OR NOT EXISTS (
  SELECT FROM jsonb_object_keys(CASE jsonb_typeof(settings) WHEN 'object' THEN settings ELSE '{}' END) AS own (key)
   WHERE own.key NOT IN ('protected', 'require_approval', 'default_enabled')
     AND translate(lower(own.key), '-_', '') IN ('protected', 'requireapproval', 'defaultenabled')
);
COMMENT ON FUNCTION flagtree.are_spelt_right(jsonb) IS
  'Whether no key differs from "protected", "require_approval" or "default_enabled" by nothing but case, "-" or "_": it would look like a guard, and guard nothing.';

CREATE FUNCTION flagtree.compact_size(document jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN octet_length(document::text) - coalesce((
  SELECT sum(CASE jsonb_typeof(node.value)
               WHEN 'object' THEN greatest(2 * (SELECT count(*) FROM jsonb_object_keys(node.value)) - 1, 0)
               ELSE greatest(jsonb_array_length(node.value) - 1, 0) END)
    FROM jsonb_path_query(document, 'strict $.** ? (@.type() == "object" || @.type() == "array")') AS node (value)
), 0);
COMMENT ON FUNCTION flagtree.compact_size(jsonb) IS 'The bytes of the document as JSON without spaces, in the encoding of the database.';

ALTER TABLE flagtree.environments
  ADD CONSTRAINT ck_environments_settings_are_an_object CHECK (jsonb_typeof(settings) = 'object'),
  ADD CONSTRAINT ck_environments_settings_hold_no_null CHECK (
    NOT jsonb_path_exists(settings, 'strict $.* ? (@.type() == "null")', silent => true)),
  ADD CONSTRAINT ck_environments_settings_guards_are_booleans CHECK (
    coalesce(jsonb_typeof(settings -> 'protected'), 'boolean') = 'boolean'
    AND coalesce(jsonb_typeof(settings -> 'require_approval'), 'boolean') = 'boolean'
    AND coalesce(jsonb_typeof(settings -> 'default_enabled'), 'boolean') = 'boolean'),
  ADD CONSTRAINT ck_environments_settings_are_spelt_right CHECK (flagtree.are_spelt_right(settings)),
  ADD CONSTRAINT ck_environments_settings_are_small CHECK (
    flagtree.compact_size(settings) <= 16384
    AND NOT jsonb_path_exists(settings, 'strict $.**{8 to last} ? (@.type() == "object" || @.type() == "array")', silent => true));
COMMENT ON COLUMN flagtree.environments.settings IS
  'Any JSON object of at most 16 KiB and 8 levels; each key comes down the tree until a child says otherwise. "protected", "require_approval" and "default_enabled" are booleans. A null is refused: take the key out instead.';

CREATE VIEW flagtree.resolved_settings AS
SELECT chain.environment, setting.key,
       (array_agg(setting.value ORDER BY chain.depth))[1] AS value,
       (array_agg(chain.ancestor ORDER BY chain.depth))[1] AS source,
       CASE WHEN min(chain.depth) > 0 THEN 'inherited'
            WHEN (array_agg(setting.value ORDER BY chain.depth))[1] = (array_agg(setting.value ORDER BY chain.depth))[2] THEN 'overridden-equal'
            ELSE 'overridden' END AS state,
       chain.environment_id
  FROM flagtree.environment_chains AS chain
  JOIN flagtree.environments AS link ON link.id = chain.ancestor_id
 CROSS JOIN LATERAL jsonb_each(link.settings) AS setting (key, value)
 GROUP BY chain.environment, chain.environment_id, setting.key;
COMMENT ON VIEW flagtree.resolved_settings IS 'What the settings of every environment come to: each key with the value of the nearest environment on the chain that sets it.';
COMMENT ON COLUMN flagtree.resolved_settings.environment IS 'The environment.';
COMMENT ON COLUMN flagtree.resolved_settings.key IS 'The key of the setting.';
COMMENT ON COLUMN flagtree.resolved_settings.value IS 'What it comes to there.';
COMMENT ON COLUMN flagtree.resolved_settings.source IS 'The environment that says so.';
COMMENT ON COLUMN flagtree.resolved_settings.state IS 'inherited; overridden: the environment sets it; overridden-equal: it does, to what it would inherit anyway.';
COMMENT ON COLUMN flagtree.resolved_settings.environment_id IS 'Id of the environment.';

-- Until now a child could not loosen what came down to it, so that a false below a true counted for nothing. It would now: every environment stays as guarded as it was.
SELECT set_config('flagtree.reason', 'upgrade: this false counted for nothing below a guarded parent, and would have from now on', true);
UPDATE flagtree.environments AS own
   SET settings = own.settings - loosened.keys
  FROM (SELECT child.id, array_agg(guard.key) AS keys
          FROM flagtree.environments AS child
         CROSS JOIN unnest(ARRAY['protected', 'require_approval']) AS guard (key)
         WHERE child.settings -> guard.key = 'false'
           AND EXISTS (SELECT FROM flagtree.environment_chains AS chain
                         JOIN flagtree.environments AS ancestor ON ancestor.id = chain.ancestor_id
                        WHERE chain.environment_id = child.id AND chain.depth > 0 AND ancestor.settings -> guard.key = 'true')
         GROUP BY child.id) AS loosened
 WHERE loosened.id = own.id;
SELECT set_config('flagtree.reason', '', true);
