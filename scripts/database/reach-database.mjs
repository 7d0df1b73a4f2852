// Ends with 0 when the PostgreSQL of the URL in the first argument answers.
import pg from 'pg';

const client = new pg.Client({ connectionString: process.argv[2], connectionTimeoutMillis: 3_000 });
client.on('error', () => undefined);
try {
  await client.connect();
  await client.end();
} catch {
  process.exitCode = 1;
}
