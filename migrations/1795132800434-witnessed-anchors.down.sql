DROP TABLE flagtree.audit_anchors;
