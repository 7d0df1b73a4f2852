DROP TABLE flagtree.segments;
DROP TABLE flagtree.environment_flags;
DROP TABLE flagtree.flags;
DROP TABLE flagtree.environments;
