ALTER TABLE flagtree.flags DROP COLUMN metadata, DROP COLUMN on_missing_key;
DROP FUNCTION flagtree.is_flat(jsonb);
