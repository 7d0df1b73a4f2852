DROP VIEW flagtree.audit_log;
DROP VIEW flagtree.resolved_flags;
DROP FUNCTION flagtree.combined_rules(flagtree.flags, uuid[], text[]);
DROP VIEW flagtree.environment_chains;
