import pg from 'pg';

/** The session that keeps others from writing. */
export interface LedgerHolder {
  pid: number;
  user: string | null;
  application: string | null;
  /** When its transaction began; null where the server's login may not see that. */
  since: Date | null;
}

/** Who is waited for, at the end of the queue, by a session that waits for the ledger; a prepared transaction has the pid 0. */
const HOLDER = `
  SELECT blocking.pid, holder.usename AS "user", holder.application_name AS application, holder.xact_start AS since
    FROM pg_stat_activity AS waiting
   CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS blocking (pid)
    LEFT JOIN pg_stat_activity AS holder ON holder.pid = blocking.pid
   WHERE waiting.datname = current_database() AND waiting.wait_event_type = 'Lock' AND waiting.query LIKE '%flagtree.open_change()%'
     AND cardinality(pg_blocking_pids(blocking.pid)) = 0
   LIMIT 1`;

const ANSWER_MS = 1_000;

/** Asked on a connection of its own: those of the pool may all be waiting. Null: nobody holds it, or that cannot be found out. */
export async function ledgerHolder(url: string): Promise<LedgerHolder | null> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'flagtree/ledger-watch',
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  client.on('error', () => undefined); // the query tells
  try {
    await client.connect();
    return (await client.query<LedgerHolder>(HOLDER)).rows[0] ?? null;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export function describeHolder({ pid, user, application, since }: LedgerHolder): string {
  if (pid === 0) return 'a prepared transaction (see pg_prepared_xacts)';
  const of = user === null ? '' : `, user ${user}`;
  const by = application === null || application === '' ? '' : `, application ${application}`;
  return `pid ${String(pid)}${of}${by}${since === null ? '' : `, since ${since.toISOString()}`}`;
}
