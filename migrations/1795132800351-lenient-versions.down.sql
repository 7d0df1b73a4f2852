-- A server before this has no "lenient", reads every version so, and refuses what it does not know: it is taken out again.
CREATE FUNCTION flagtree.without_lenient_versions(written jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF jsonb_typeof(written) = 'array' THEN
    RETURN (SELECT coalesce(jsonb_agg(flagtree.without_lenient_versions(item) ORDER BY place), '[]')
              FROM jsonb_array_elements(written) WITH ORDINALITY AS list (item, place));
  ELSIF jsonb_typeof(written) <> 'object' THEN
    RETURN written;
  ELSIF written ? 'attribute' THEN
    RETURN written - 'lenient';
  END IF;
  RETURN written || (SELECT coalesce(jsonb_object_agg(name, flagtree.without_lenient_versions(member)), '{}')
                       FROM jsonb_each(written) AS members (name, member)
                      WHERE name IN ('conditions', 'all', 'any', 'not'));
END $$;

SELECT set_config('flagtree.reason', 'Back to a version without lenient comparisons of versions', true);
UPDATE flagtree.flags SET rules = flagtree.without_lenient_versions(rules) WHERE rules @? '$.**.lenient';
UPDATE flagtree.environment_flags SET rules = flagtree.without_lenient_versions(rules) WHERE rules @? '$.**.lenient';
UPDATE flagtree.segments SET conditions = flagtree.without_lenient_versions(conditions) WHERE conditions @? '$.**.lenient';
SELECT set_config('flagtree.reason', '', true);
DROP FUNCTION flagtree.without_lenient_versions(jsonb);
