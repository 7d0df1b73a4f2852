-- A repeated request is told what the first one was told, also what was said about the write itself.

ALTER TABLE flagtree.idempotency_keys ADD COLUMN besides jsonb;
COMMENT ON COLUMN flagtree.idempotency_keys.besides IS 'Members of the answer about the write and not about the thing, such as warnings; NULL: there were none, or they were not kept yet.';
