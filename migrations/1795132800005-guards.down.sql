-- CASCADE: each function takes its own triggers with it, and nothing else can depend on a trigger function.
DROP FUNCTION flagtree.guard_tree() CASCADE;
DROP FUNCTION flagtree.stamp() CASCADE;
DROP FUNCTION flagtree.refuse_new_identity() CASCADE;
DROP FUNCTION flagtree.delete_overrides() CASCADE;
DROP FUNCTION flagtree.default_variants() CASCADE;
DROP FUNCTION flagtree.default_name() CASCADE;
DROP FUNCTION flagtree.lock_ledger() CASCADE;
DROP FUNCTION flagtree.open_change();
