ALTER TABLE flagtree.idempotency_keys DROP COLUMN besides;
