ALTER FUNCTION flagtree.segments_named_in(jsonb) ROWS 1000;
