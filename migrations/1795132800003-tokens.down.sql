DROP TABLE flagtree.idempotency_keys;
DROP TABLE flagtree.token_usage;
DROP TABLE flagtree.tokens;
