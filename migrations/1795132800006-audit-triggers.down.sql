-- CASCADE: each function takes its own triggers with it, and nothing else can depend on a trigger function.
DROP FUNCTION flagtree.refuse_ledger_edit() CASCADE;
DROP FUNCTION flagtree.refuse_audit_edit() CASCADE;
DROP FUNCTION flagtree.refuse_truncate() CASCADE;
DROP FUNCTION flagtree.write_entries() CASCADE;
