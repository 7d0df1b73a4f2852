-- The ledger (one row: the head of history) and the audit log (every change, chained by hashes).

CREATE TABLE flagtree.ledger (
  only_row boolean CONSTRAINT pk_ledger PRIMARY KEY DEFAULT true,
  revision bigint NOT NULL,
  revised_at timestamptz NOT NULL,
  entries bigint NOT NULL,
  head_hash bytea NOT NULL,
  xact xid8 NOT NULL,
  xact_started timestamptz NOT NULL,
  CONSTRAINT ck_ledger_only_row CHECK (only_row)
) WITH (fillfactor = 10);

INSERT INTO flagtree.ledger (revision, revised_at, entries, head_hash, xact, xact_started)
VALUES (0, clock_timestamp(), 0, decode(repeat('00', 32), 'hex'), '0', '-infinity');

COMMENT ON TABLE flagtree.ledger IS 'Exactly one row. Every writer locks it before anything else, so commit order is revision order. Written by triggers alone.';
COMMENT ON COLUMN flagtree.ledger.only_row IS 'Always true: there is one row.';
COMMENT ON COLUMN flagtree.ledger.revision IS 'The newest revision: one per committed transaction that changed something, without gaps.';
COMMENT ON COLUMN flagtree.ledger.revised_at IS 'The moment of that revision; later revisions never have earlier moments.';
COMMENT ON COLUMN flagtree.ledger.entries IS 'The number of audit entries, which is the id of the newest.';
COMMENT ON COLUMN flagtree.ledger.head_hash IS 'The hash of the newest audit entry; 32 zero bytes before the first.';
COMMENT ON COLUMN flagtree.ledger.xact IS 'The transaction that owns the revision, so that its later writes share it.';
COMMENT ON COLUMN flagtree.ledger.xact_started IS 'When that transaction began: tells it from one with the same number after a restore into another cluster.';

CREATE TABLE flagtree.audit_entries (
  id bigint CONSTRAINT pk_audit_entries PRIMARY KEY,
  revision bigint NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  db_user text NOT NULL,
  action text COLLATE "C" NOT NULL,
  table_name text COLLATE "C" NOT NULL,
  row_id uuid NOT NULL,
  flag_key text COLLATE "C",
  environment_slug text COLLATE "C",
  before jsonb,
  after jsonb,
  reason text,
  request_id text,
  causation_id text,
  hash bytea NOT NULL,
  CONSTRAINT ck_audit_entries_action CHECK (action IN ('created', 'updated', 'deleted', 'archived', 'restored')),
  CONSTRAINT ck_audit_entries_table_name CHECK (table_name IN ('environments', 'flags', 'environment_flags', 'segments', 'tokens')),
  CONSTRAINT ck_audit_entries_before_or_after CHECK (before IS NOT NULL OR after IS NOT NULL)
);
CREATE INDEX ix_audit_entries_revision ON flagtree.audit_entries (revision);
CREATE INDEX ix_audit_entries_at ON flagtree.audit_entries (at);
CREATE INDEX ix_audit_entries_actor ON flagtree.audit_entries (actor, id);
CREATE INDEX ix_audit_entries_row ON flagtree.audit_entries (row_id, id);
CREATE INDEX ix_audit_entries_flag_key ON flagtree.audit_entries (flag_key, id) WHERE flag_key IS NOT NULL;
CREATE INDEX ix_audit_entries_environment_slug ON flagtree.audit_entries (environment_slug, id) WHERE environment_slug IS NOT NULL;

COMMENT ON TABLE flagtree.audit_entries IS 'Every change of every row of the domain, from any client, in commit order. Append-only; checked by flagtree.verify_audit(). Read it as the view audit_log.';
COMMENT ON COLUMN flagtree.audit_entries.id IS '1, 2, 3 …: without gaps, so that a missing entry shows.';
COMMENT ON COLUMN flagtree.audit_entries.revision IS 'The revision that it belongs to: all entries of one transaction share one.';
COMMENT ON COLUMN flagtree.audit_entries.at IS 'The moment of the revision; later revisions never have earlier moments.';
COMMENT ON COLUMN flagtree.audit_entries.actor IS 'Who did it: as the application named them, else "database:" and the database user.';
COMMENT ON COLUMN flagtree.audit_entries.db_user IS 'The database user of the session, whatever the actor says.';
COMMENT ON COLUMN flagtree.audit_entries.action IS 'created, updated, deleted, archived or restored.';
COMMENT ON COLUMN flagtree.audit_entries.table_name IS 'The table of the changed row.';
COMMENT ON COLUMN flagtree.audit_entries.row_id IS 'The id of the changed row.';
COMMENT ON COLUMN flagtree.audit_entries.flag_key IS 'The flag that it is about, if any.';
COMMENT ON COLUMN flagtree.audit_entries.environment_slug IS 'The environment that it is about, if any.';
COMMENT ON COLUMN flagtree.audit_entries.before IS 'The whole row before the change; NULL: it was created. Times are in UTC.';
COMMENT ON COLUMN flagtree.audit_entries.after IS 'The whole row after the change; NULL: it was deleted. Times are in UTC.';
COMMENT ON COLUMN flagtree.audit_entries.reason IS 'Why: the setting flagtree.reason, else the reason written into the override.';
COMMENT ON COLUMN flagtree.audit_entries.request_id IS 'The HTTP request that did it (setting flagtree.request_id).';
COMMENT ON COLUMN flagtree.audit_entries.causation_id IS 'What led to it: a promotion, a rollout, a schedule (setting flagtree.causation_id).';
COMMENT ON COLUMN flagtree.audit_entries.hash IS 'flagtree.audit_entry_hash(hash of the entry before, this entry).';

CREATE FUNCTION flagtree.audit_entry_text(entry flagtree.audit_entries) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_array(
  entry.id, entry.revision, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), entry.actor, entry.db_user,
  entry.action, entry.table_name, entry.row_id, entry.flag_key, entry.environment_slug, entry.before, entry.after,
  entry.reason, entry.request_id, entry.causation_id
)::text;
COMMENT ON FUNCTION flagtree.audit_entry_text(flagtree.audit_entries) IS
  'The text of an entry that its hash covers: a JSON array of all its columns but the hash, the same in every session.';

CREATE FUNCTION flagtree.audit_entry_hash(previous bytea, entry flagtree.audit_entries) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(previous || convert_to(flagtree.audit_entry_text(entry), 'UTF8'));
COMMENT ON FUNCTION flagtree.audit_entry_hash(bytea, flagtree.audit_entries) IS
  'SHA-256 of the hash of the entry before (32 zero bytes before the first) and the UTF-8 of this entry''s text.';

CREATE FUNCTION flagtree.verify_audit(from_id bigint DEFAULT 1)
RETURNS TABLE (entry_id bigint, reason text, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH anchor AS (
    SELECT from_id - 1 AS id,
           CASE WHEN from_id <= 1 THEN decode(repeat('00', 32), 'hex')
                ELSE (SELECT entry.hash FROM flagtree.audit_entries AS entry WHERE entry.id = from_id - 1) END AS hash
  ),
  chain AS (
    SELECT entry.id, entry.revision, entry.hash,
           coalesce(lag(entry.id) OVER in_order, anchor.id) AS previous_id,
           flagtree.audit_entry_hash(coalesce(lag(entry.hash) OVER in_order, anchor.hash), entry) AS expected_hash
      FROM anchor CROSS JOIN flagtree.audit_entries AS entry
     WHERE entry.id >= from_id
    WINDOW in_order AS (ORDER BY entry.id)
  ),
  tail AS (
    SELECT coalesce(last.id, anchor.id) AS id, coalesce(last.hash, anchor.hash) AS hash,
           coalesce(last.revision, (SELECT entry.revision FROM flagtree.audit_entries AS entry WHERE entry.id = anchor.id), 0) AS revision
      FROM anchor LEFT JOIN LATERAL (SELECT chain.* FROM chain ORDER BY chain.id DESC LIMIT 1) AS last ON true
  ),
  broken AS (
    SELECT anchor.id AS entry_id, 'missing' AS reason, format('Entry %s is missing, so the one after it cannot be checked', anchor.id) AS detail
      FROM anchor WHERE anchor.hash IS NULL
    UNION ALL
    SELECT chain.previous_id + 1, 'missing', format('Entries %s to %s are missing', chain.previous_id + 1, chain.id - 1)
      FROM chain WHERE chain.id > chain.previous_id + 1
    UNION ALL
    SELECT chain.id, 'edited', format('Entry %s, or the hash of the one before it, is not what was written', chain.id)
      FROM chain WHERE chain.id = chain.previous_id + 1 AND chain.hash <> chain.expected_hash
    UNION ALL
    SELECT tail.id + 1, 'truncated', format('The ledger has %s entries, the log ends at %s', ledger.entries, tail.id)
      FROM tail CROSS JOIN flagtree.ledger AS ledger WHERE ledger.entries > tail.id
    UNION ALL
    SELECT tail.id, 'ledger', format('The ledger''s head (entry %s, revision %s) is not the last entry of the log (entry %s, revision %s)',
                                     ledger.entries, ledger.revision, tail.id, tail.revision)
      FROM tail CROSS JOIN flagtree.ledger AS ledger
     WHERE ledger.entries < tail.id OR (ledger.entries = tail.id AND (ledger.head_hash <> tail.hash OR ledger.revision <> tail.revision))
    UNION ALL
    SELECT tail.id, 'ledger', 'The row of the ledger is missing'
      FROM tail WHERE NOT EXISTS (SELECT FROM flagtree.ledger)
  )
  SELECT broken.entry_id, broken.reason, broken.detail FROM broken ORDER BY broken.entry_id, broken.reason LIMIT 100
$$;
COMMENT ON FUNCTION flagtree.verify_audit(bigint) IS
  'The first 100 places where the audit log is not what was written, from an entry on: edited, missing, truncated (the tail is cut off), ledger (the head does not fit). No row: all is well.';
