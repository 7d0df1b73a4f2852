import pg from 'pg';

const BATCH = 500;

/**
 * The baseline of what writes many rows: the same rows, put by multi-row INSERTs of one transaction into tables of the same shape, keys and
 * constraints, without triggers (no audit, no guards). `rows` are those that `of` counts, by table. Milliseconds.
 */
export async function plainInserts(
  databaseUrl,
  of = { environments: null, segments: null, flags: null, environment_flags: null },
) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench');
    const rows = {};
    for (const [table, limit] of Object.entries(of)) {
      await client.query(`CREATE TABLE bench.${table} (LIKE flagtree.${table} INCLUDING ALL)`);
      const read = await client.query(`SELECT to_jsonb(one) AS row FROM flagtree.${table} AS one LIMIT $1`, [limit]);
      rows[table] = read.rows.map(({ row }) => row);
    }
    const started = performance.now();
    await client.query('BEGIN');
    for (const [table, all] of Object.entries(rows)) {
      for (let at = 0; at < all.length; at += BATCH) {
        const batch = JSON.stringify(all.slice(at, at + BATCH));
        await client.query(`INSERT INTO bench.${table} SELECT * FROM jsonb_populate_recordset(NULL::bench.${table}, $1::jsonb)`, [
          batch,
        ]);
      }
    }
    await client.query('COMMIT');
    const ms = performance.now() - started;
    await client.query('DROP SCHEMA bench CASCADE');
    return ms;
  } finally {
    await client.end();
  }
}

/** Of a server's private PostgreSQL. */
export function privateDatabaseUrl(read) {
  const password = /:flagtree:(\w+)$/m.exec(read('pgpass'))[1];
  return `postgres://flagtree:${password}@127.0.0.1:${read('postgres-port').trim()}/flagtree`;
}
