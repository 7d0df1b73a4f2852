import { Client, DatabaseError } from 'pg';

/** `refused`: it is not ours, or our passwords are not its. */
export type ProbeAnswer = { kind: 'ready'; version: string } | { kind: 'silent' } | { kind: 'refused' };

const CANNOT_CONNECT_NOW = '57P03';

/** As the login that migrates, or another. Both sides prove to each other that they know the password (SCRAM), so no other program can pose as our server. */
export async function probe(port: number, password: string, user = 'flagtree'): Promise<ProbeAnswer> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user,
    database: 'flagtree',
    password,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    ssl: false,
  });
  client.on('error', () => undefined); // the query tells
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return { kind: 'ready', version: rows[0]?.server_version ?? '' };
  } catch (error) {
    const isRefusal = error instanceof DatabaseError && error.code !== CANNOT_CONNECT_NOW && error.code !== '57P01';
    return { kind: isRefusal ? 'refused' : 'silent' };
  } finally {
    await client.end().catch(() => undefined);
  }
}
