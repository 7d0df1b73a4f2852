-- Checks the audit log, with psql alone. Not run by Flagtree: an administrator (or anybody with flagtree_readonly) runs it, with
--   psql -d <database> -X -v anchors=<data directory>/audit-anchors.jsonl -f sql/verify-audit.sql
-- Without -v anchors=… only the log's own hashes are checked, which somebody with all rights can work out anew; the anchors are
-- the heads of the log that a server has signed, so keep copies of that file elsewhere. No row: all is well.

\set ON_ERROR_STOP 1
\if :{?anchors}
\else
\set anchors /dev/null
\endif
\set anchor_lines `cat :'anchors'`

BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL statement_timeout = 0;

SELECT broken.entry_id, broken.reason, broken.detail
  FROM flagtree.verify_audit() AS broken
UNION ALL
SELECT anchor.entry, CASE WHEN entry.id IS NULL THEN 'truncated' ELSE 'rewritten' END,
       format(CASE WHEN entry.id IS NULL THEN 'Entry %s, the newest at %s, is gone: the log was cut off, or the database is another one'
                   ELSE 'Entry %s, the newest at %s, is not the one that was signed: the log was rewritten up to there' END, anchor.entry, anchor.at)
  FROM string_to_table(:'anchor_lines', E'\n') AS line
 CROSS JOIN LATERAL (SELECT (line::jsonb ->> 'entry')::bigint AS entry, line::jsonb ->> 'hash' AS hash, line::jsonb ->> 'at' AS at) AS anchor
  LEFT JOIN flagtree.audit_entries AS entry ON entry.id = anchor.entry
 WHERE line <> '' AND encode(entry.hash, 'hex') IS DISTINCT FROM anchor.hash
 ORDER BY 1, 2;

COMMIT;
