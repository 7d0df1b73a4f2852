DROP FUNCTION flagtree.job_lock_key(uuid);
DROP TABLE flagtree.jobs;
