-- Tables that were put under the audit log stay so.

DROP TRIGGER t3_refuse_new_identity ON flagtree.promotions;
DROP PROCEDURE flagtree.audit_table(regclass, text[]);
