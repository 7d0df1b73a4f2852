-- Tables that were put under the audit log stay so.

DROP PROCEDURE flagtree.audit_table(regclass, text[]);
