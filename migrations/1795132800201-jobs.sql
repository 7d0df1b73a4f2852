-- Long work that a caller can ask after and cancel: imports.

CREATE TABLE flagtree.jobs (
  id uuid CONSTRAINT pk_jobs PRIMARY KEY DEFAULT flagtree.uuid_v7(),
  kind text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL DEFAULT 'queued',
  token_id uuid NOT NULL,
  created_by text NOT NULL,
  request jsonb NOT NULL DEFAULT '{}',
  step text,
  done bigint NOT NULL DEFAULT 0,
  total bigint,
  cancel_requested boolean NOT NULL DEFAULT false,
  revision bigint,
  result jsonb,
  problem jsonb,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  CONSTRAINT ck_jobs_kind CHECK (kind IN ('import')),
  CONSTRAINT ck_jobs_status CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  CONSTRAINT ck_jobs_finished_when_over CHECK ((finished_at IS NOT NULL) = (status IN ('succeeded', 'failed', 'cancelled'))),
  CONSTRAINT ck_jobs_problem_when_failed CHECK ((problem IS NOT NULL) = (status = 'failed'))
);
CREATE INDEX ix_jobs_created_at ON flagtree.jobs (created_at);
CREATE INDEX ix_jobs_under_way ON flagtree.jobs (id) WHERE status IN ('queued', 'running');

COMMENT ON TABLE flagtree.jobs IS 'Long work done for a caller: imports. One transaction each, in the server that took it, which holds an advisory lock (flagtree.job_lock_key) as long as the job is under way; a job whose lock is free is dead, and whoever looks next says so. Not audited: what a job changes is. Kept for 30 days.';
COMMENT ON COLUMN flagtree.jobs.id IS 'Made by the server that took the job.';
COMMENT ON COLUMN flagtree.jobs.kind IS 'import.';
COMMENT ON COLUMN flagtree.jobs.status IS 'queued, running, then succeeded, failed or cancelled. Set to succeeded by the very transaction that made the changes.';
COMMENT ON COLUMN flagtree.jobs.token_id IS 'The token that asked for it.';
COMMENT ON COLUMN flagtree.jobs.created_by IS 'The actor, as the audit log names it.';
COMMENT ON COLUMN flagtree.jobs.request IS 'What was asked: mode, force, dryRun. Not the document itself.';
COMMENT ON COLUMN flagtree.jobs.step IS 'What it is doing: waiting, checking, writing.';
COMMENT ON COLUMN flagtree.jobs.done IS 'Rows written so far, by a transaction that is not committed yet.';
COMMENT ON COLUMN flagtree.jobs.total IS 'Rows to write; NULL: not known yet.';
COMMENT ON COLUMN flagtree.jobs.cancel_requested IS 'True: it is to stop and change nothing.';
COMMENT ON COLUMN flagtree.jobs.revision IS 'The revision that holds its changes; the current one when nothing had to change.';
COMMENT ON COLUMN flagtree.jobs.result IS 'What the request would have answered.';
COMMENT ON COLUMN flagtree.jobs.problem IS 'Why it failed: code, detail, errors.';
COMMENT ON COLUMN flagtree.jobs.created_at IS 'When it was asked for.';
COMMENT ON COLUMN flagtree.jobs.started_at IS 'When its turn came.';
COMMENT ON COLUMN flagtree.jobs.finished_at IS 'When it was over.';

CREATE FUNCTION flagtree.job_lock_key(job_id uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashtextextended('flagtree.jobs ' || job_id::text, 0);
COMMENT ON FUNCTION flagtree.job_lock_key(uuid) IS
  'The key of the advisory lock that the server holds while the job is under way.';
