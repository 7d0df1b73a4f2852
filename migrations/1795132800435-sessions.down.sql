DROP TABLE flagtree.sessions;
