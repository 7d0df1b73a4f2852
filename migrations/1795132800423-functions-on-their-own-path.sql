-- Functions of triggers and constraints look for nothing on the search_path of whoever writes.

ALTER FUNCTION flagtree.every(jsonb, jsonpath) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION flagtree.is_unique(jsonb, text) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION flagtree.have_whole_weights(jsonb) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION flagtree.are_gates(jsonb) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION flagtree.default_name() SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION flagtree.default_variants() SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION flagtree.stamp() SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION flagtree.refuse_new_identity() SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION flagtree.refuse_truncate() SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION flagtree.refuse_audit_edit() SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION flagtree.refuse_ledger_edit() SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION flagtree.refuse_promotion_edit() SET search_path = pg_catalog, pg_temp;
