DROP FUNCTION flagtree.verify_audit(bigint);
DROP FUNCTION flagtree.audit_entry_hash(bytea, flagtree.audit_entries);
DROP FUNCTION flagtree.audit_entry_text(flagtree.audit_entries);
DROP TABLE flagtree.audit_entries;
DROP TABLE flagtree.ledger;
