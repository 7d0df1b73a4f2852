-- Segments that name themselves, rings of segments, and segments that name others that there are not can be stored by nobody.

-- One more SQLSTATE of our own (see the first migration): FT008, a segment would name itself, or one that does not exist.

CREATE FUNCTION flagtree.segments_named_in(conditions jsonb) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT DISTINCT node.value #>> '{}'
    FROM (SELECT jsonb_path_query(conditions, '$.**.segment') AS value
          UNION ALL
          SELECT jsonb_path_query(conditions, '$.**."$ref"')) AS node
   WHERE jsonb_typeof(node.value) = 'string';
END;
COMMENT ON FUNCTION flagtree.segments_named_in(jsonb) IS
  'The keys of the segments that conditions name themselves, at any depth, or refer to in their expressions.';

CREATE FUNCTION flagtree.refuse_endless_segments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  broken record;
BEGIN
  -- of a segment that is gone those that named it, else the segment itself as the whole transaction leaves it
  SELECT segment.key, named.key AS missing INTO broken
    FROM flagtree.segments AS segment
    CROSS JOIN LATERAL flagtree.segments_named_in(segment.conditions) AS named (key)
   WHERE CASE WHEN TG_OP = 'DELETE' THEN named.key = OLD.key ELSE segment.id = NEW.id END
     AND NOT EXISTS (SELECT FROM flagtree.segments AS other WHERE other.key = named.key)
   ORDER BY segment.key, named.key
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'Segment "%" would name the segment "%", which does not exist', broken.key, broken.missing
      USING ERRCODE = 'FT008', SCHEMA = 'flagtree', TABLE = 'segments', COLUMN = 'conditions',
            HINT = 'Write the segment that is named first or in the same transaction, or take its name out of the conditions.';
  END IF;
  IF TG_OP <> 'DELETE' AND EXISTS (
    WITH RECURSIVE reached (key) AS (
      SELECT flagtree.segments_named_in(segment.conditions) FROM flagtree.segments AS segment WHERE segment.id = NEW.id
      UNION
      SELECT flagtree.segments_named_in(segment.conditions) FROM reached JOIN flagtree.segments AS segment ON segment.key = reached.key
    )
    SELECT FROM reached WHERE reached.key = NEW.key
  ) THEN
    RAISE EXCEPTION 'Segment "%" would, through the segments that it names, name itself', NEW.key
      USING ERRCODE = 'FT008', SCHEMA = 'flagtree', TABLE = 'segments', COLUMN = 'conditions',
            HINT = 'Write the conditions out where the circle closes.';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION flagtree.refuse_endless_segments() IS
  'Trigger: refuses (FT008) a segment that names itself, through others or not, or one that does not exist, by the segments as the transaction leaves them.';

CREATE CONSTRAINT TRIGGER t5_refuse_endless_segments AFTER INSERT OR UPDATE OF conditions OR DELETE ON flagtree.segments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION flagtree.refuse_endless_segments();
COMMENT ON TRIGGER t5_refuse_endless_segments ON flagtree.segments IS
  'Segments name others that exist, and never themselves. Looked at when the transaction commits.';
