-- The three roles of a Flagtree database. Servers with a FLAGTREE_MIGRATION_DATABASE_URL run it after migrations; else an
-- administrator does, after the first migration and again after upgrades, with
--   psql -d <database> -v ON_ERROR_STOP=1 -1 -f sql/roles.sql
-- It may be run any number of times. The roles cannot log in themselves; give them to logins:
--   CREATE ROLE flagtree_server LOGIN PASSWORD '…' IN ROLE flagtree_app;
--
-- flagtree_owner     owns the schema: for migrations
-- flagtree_app       reads, and writes rows; no DDL; writes the audit log and the ledger through triggers alone
-- flagtree_readonly  reads, but no digests of secrets

DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['flagtree_owner', 'flagtree_app', 'flagtree_readonly'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles AS role WHERE role.rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    END IF;
  END LOOP;
END $$;

DO $$
DECLARE
  owned record;
BEGIN
  IF NOT has_database_privilege('flagtree_owner', current_database(), 'CREATE') THEN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO flagtree_owner', current_database());
  END IF;
  ALTER SCHEMA flagtree OWNER TO flagtree_owner;
  FOR owned IN
    SELECT format('ALTER %s flagtree.%I OWNER TO flagtree_owner', CASE class.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, class.relname) AS statement
      FROM pg_class AS class WHERE class.relnamespace = 'flagtree'::regnamespace AND class.relkind IN ('r', 'v')
    UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO flagtree_owner', function.oid::regprocedure)
      FROM pg_proc AS function WHERE function.pronamespace = 'flagtree'::regnamespace
  LOOP
    EXECUTE owned.statement;
  END LOOP;
END $$;

-- What later migrations make can be read from the start.
ALTER DEFAULT PRIVILEGES FOR ROLE flagtree_owner IN SCHEMA flagtree GRANT SELECT ON TABLES TO flagtree_app;

GRANT USAGE ON SCHEMA flagtree TO flagtree_app, flagtree_readonly;
GRANT SELECT ON ALL TABLES IN SCHEMA flagtree TO flagtree_app;
GRANT INSERT, UPDATE, DELETE ON
  flagtree.environments, flagtree.flags, flagtree.environment_flags, flagtree.segments, flagtree.tokens,
  flagtree.token_usage, flagtree.idempotency_keys
  TO flagtree_app;
GRANT EXECUTE ON FUNCTION flagtree.open_change() TO flagtree_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON flagtree.audit_entries, flagtree.ledger FROM flagtree_app;

GRANT SELECT ON
  flagtree.environments, flagtree.flags, flagtree.environment_flags, flagtree.segments, flagtree.ledger, flagtree.token_usage,
  flagtree.environment_chains, flagtree.resolved_flags, flagtree.audit_log, flagtree.environment_names
  TO flagtree_readonly;
GRANT SELECT (id, name, kind, role, environment_ids, include_descendants, flag_tags, is_own, public_id, expires_at, revoked_at, created_by, created_at, updated_at, version)
  ON flagtree.tokens TO flagtree_readonly;

-- Promotion. What was promoted stays as it was written.
GRANT INSERT, UPDATE, DELETE ON flagtree.checks, flagtree.pipelines TO flagtree_app;
GRANT INSERT ON flagtree.promotions TO flagtree_app;
GRANT SELECT ON flagtree.checks, flagtree.pipelines, flagtree.promotions, flagtree.promotion_log, flagtree.environment_differences
  TO flagtree_readonly;

-- Jobs: the server tells in them how far its imports are.
GRANT INSERT, UPDATE, DELETE ON flagtree.jobs TO flagtree_app;
GRANT SELECT ON flagtree.jobs TO flagtree_readonly;

-- Settings, resolved.
GRANT SELECT ON flagtree.resolved_settings TO flagtree_readonly;

-- Which tokens are for which environments.
GRANT SELECT ON flagtree.token_environments TO flagtree_readonly;

-- The newest anchor of each server. It proves itself by its signature.
GRANT INSERT, UPDATE, DELETE ON flagtree.audit_anchors TO flagtree_app;
GRANT SELECT ON flagtree.audit_anchors TO flagtree_readonly;

-- Sessions of the panel.
GRANT INSERT, UPDATE, DELETE ON flagtree.sessions TO flagtree_app;
GRANT SELECT (id, token_id, token_public_id, user_agent, created_at, seen_at, expires_at, revoked_at) ON flagtree.sessions TO flagtree_readonly;
