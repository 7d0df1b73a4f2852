DROP TRIGGER t5_refuse_endless_segments ON flagtree.segments;
DROP FUNCTION flagtree.refuse_endless_segments();
DROP FUNCTION flagtree.segments_named_in(jsonb);
