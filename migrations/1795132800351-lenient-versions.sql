-- Versions are read strictly as SemVer 2.0 has them now, unless a condition is lenient: conditions that are stored already say so, and keep their answers.

CREATE FUNCTION flagtree.with_lenient_versions(written jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF jsonb_typeof(written) = 'array' THEN
    RETURN (SELECT coalesce(jsonb_agg(flagtree.with_lenient_versions(item) ORDER BY place), '[]')
              FROM jsonb_array_elements(written) WITH ORDINALITY AS list (item, place));
  ELSIF jsonb_typeof(written) <> 'object' THEN
    RETURN written;
  ELSIF written ? 'attribute' AND written ->> 'operator' LIKE 'semver\_%' THEN
    RETURN written || '{"lenient": true}';
  END IF;
  -- of rules and conditions only what holds conditions: an expression is left as it is
  RETURN written || (SELECT coalesce(jsonb_object_agg(name, flagtree.with_lenient_versions(member)), '{}')
                       FROM jsonb_each(written) AS members (name, member)
                      WHERE name IN ('conditions', 'all', 'any', 'not'));
END $$;
COMMENT ON FUNCTION flagtree.with_lenient_versions(jsonb) IS 'Rules or conditions in which every comparison of versions is lenient. Of this migration only.';

SELECT set_config('flagtree.reason', 'Versions are read strictly now: conditions that were stored stay lenient', true);

UPDATE flagtree.flags SET rules = flagtree.with_lenient_versions(rules)
 WHERE rules @? '$.** ? (@.operator starts with "semver_")' AND rules IS DISTINCT FROM flagtree.with_lenient_versions(rules);
UPDATE flagtree.environment_flags SET rules = flagtree.with_lenient_versions(rules)
 WHERE rules @? '$.** ? (@.operator starts with "semver_")' AND rules IS DISTINCT FROM flagtree.with_lenient_versions(rules);
UPDATE flagtree.segments SET conditions = flagtree.with_lenient_versions(conditions)
 WHERE conditions @? '$.** ? (@.operator starts with "semver_")' AND conditions IS DISTINCT FROM flagtree.with_lenient_versions(conditions);

SELECT set_config('flagtree.reason', '', true);
DROP FUNCTION flagtree.with_lenient_versions(jsonb);
