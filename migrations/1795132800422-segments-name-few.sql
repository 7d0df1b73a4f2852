-- How many names a segment has, so that PostgreSQL does not take each check of a segment for a query that is worth compiling.

ALTER FUNCTION flagtree.segments_named_in(jsonb) ROWS 3;
