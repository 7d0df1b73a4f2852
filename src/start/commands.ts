import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { DataSource } from 'typeorm';
import { prove } from '../audit/proof/proof.js';
import { ConfigError, StartError } from '../platform/config/config-error.js';
import { readConfig } from '../platform/config/read-config.js';
import { backup, type BackupLine } from '../platform/database/backup/backup.js';
import { restoreBackup } from '../platform/database/backup/restore.js';
import { createMigrationDataSource } from '../platform/database/data-source.js';
import { grantRoles, mayGrantRoles } from '../platform/database/roles.js';
import { migrate, migrateDown } from '../platform/database/migrations/migrations.js';
import { MigrationError, readMigrations } from '../platform/database/migrations/sql-migration.js';

type CommandVariables = NodeJS.ProcessEnv;

/** What an administrator does beside the server, to the database that its settings name. Each fulfils to a line for people. */
export const COMMANDS = { backup: backUp, restore, migrate: migrateOn };

/** Runs one of them; the process then ends with 1 when it was refused. */
export async function command(name: keyof typeof COMMANDS, args: readonly string[], env: CommandVariables): Promise<void> {
  try {
    console.log(await COMMANDS[name](args, env));
  } catch (error) {
    console.error(error instanceof StartError ? error.problems.join('\n') : describe(error));
    process.exitCode = 1;
  }
}

async function backUp([file, ...rest]: readonly string[], env: CommandVariables): Promise<string> {
  if (file === undefined || rest.length > 0) throw new MigrationError('Say where to: npm run backup -- <file>');
  if (existsSync(file)) throw new MigrationError(`${file} is there already: name another file.`);
  const draft = `${file}.part`;
  let rows = 0;
  await withDatabase(env, async (database) => {
    async function* text() {
      for await (const line of backup(database)) {
        if (!Array.isArray(line) && 'rows' in line) ({ rows } = line);
        yield `${JSON.stringify(line)}\n`;
      }
    }
    await pipeline(Readable.from(text()), createGzip(), createWriteStream(draft, { mode: 0o600 }));
  }).catch(async (error: unknown) => {
    await rm(draft, { force: true });
    throw error;
  });
  await rename(draft, file);
  return `${file} has ${String(rows)} rows: flags, history and tokens. Who has it can read all of them.`;
}

async function restore(args: readonly string[], env: CommandVariables): Promise<string> {
  const files = args.filter((arg) => arg !== '--replace');
  const [file] = files;
  if (file === undefined || files.length > 1) throw new MigrationError('Say what: npm run restore-backup -- <file> [--replace]');
  if (!existsSync(file)) throw new MigrationError(`There is no file ${file}.`);
  return withDatabase(env, async (database, grant) => {
    const { rows } = await restoreBackup(database, linesOf(file), { replace: args.includes('--replace') });
    await grant();
    const { chain, broken } = await prove(database, { anchors: [], others: [] });
    const [first] = broken;
    if (first)
      throw new MigrationError(
        `${String(rows)} rows are back, and they are not what was written. ${first.detail}. A server on this database tells all of it: GET /api/flags/audit/verify.`,
      );
    return `${String(rows)} rows are back. The hashes of ${String(chain.entries)} entries of the audit log were worked out anew, and the tables and their guards fit it. Grants are not in a backup: run the roles' SQL again where you use them without FLAGTREE_MIGRATION_DATABASE_URL.`;
  });
}

async function* linesOf(file: string): AsyncGenerator<BackupLine> {
  const text = createReadStream(file).pipe(createGunzip());
  for await (const line of createInterface({ input: text, crlfDelay: Infinity })) yield JSON.parse(line) as BackupLine;
}

async function migrateOn([direction = 'up', to, ...rest]: readonly string[], env: CommandVariables): Promise<string> {
  const usage = new MigrationError(
    'Say which way: npm run migrate -- up, or npm run migrate -- down --to=<the migration that stays the last>',
  );
  if (rest.length > 0) throw usage;
  if (direction === 'up' && to === undefined)
    return withDatabase(env, async (database, grant) => {
      const { applied } = await migrate(database);
      await grant();
      return told('applied', applied);
    });
  const last = /^--to=(.+)$/.exec(to ?? '')?.[1];
  if (direction !== 'down' || last === undefined) throw usage;
  return withDatabase(env, async (database) =>
    told('taken back', (await migrateDown(database, await stepsTo(database, last))).reverted),
  );
}

async function stepsTo(database: DataSource, last: string): Promise<number> {
  const applied = await database.query<{ name: string }[]>(
    'SELECT applied.name FROM flagtree.schema_migrations AS applied ORDER BY applied.name',
  );
  const at = applied.findIndex(({ name }) => name === last);
  if (at === -1) {
    const known = readMigrations().map(({ name }) => name);
    throw new MigrationError(`This database does not have the migration "${last}": it is one of ${known.join(', ')}.`);
  }
  return applied.length - 1 - at;
}

const told = (what: string, names: readonly string[]) =>
  names.length === 0 ? 'There was nothing to do.' : names.map((name) => `${what}: ${name}`).join('\n');

/** `grant` gives the roles their rights in tables that are new, where these logins are used. */
async function withDatabase<T>(
  env: CommandVariables,
  work: (database: DataSource, grant: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const { database, dataDirectory } = readConfig(env);
  const dataSource = createMigrationDataSource(database.migrationUrl ?? database.url ?? privateUrl(dataDirectory));
  await dataSource.initialize();
  try {
    return await work(dataSource, async () => {
      if (database.migrationUrl !== null || (database.url === null && (await mayGrantRoles(dataSource))))
        await grantRoles(dataSource, { hasMigrated: true });
    });
  } finally {
    await dataSource.destroy();
  }
}

/** Of the private PostgreSQL, which runs while its server does. @throws {ConfigError} */
function privateUrl(directory: string): string {
  try {
    const port = readFileSync(join(directory, 'postgres-port'), 'utf8').trim();
    const password = /:flagtree:([^:\n]+)$/m.exec(readFileSync(join(directory, 'pgpass'), 'utf8'))?.[1] ?? '';
    return `postgres://flagtree:${password}@127.0.0.1:${port}/flagtree`;
  } catch (error) {
    throw new ConfigError([`There is no private database in ${directory}: start the server that has it, or set DATABASE_URL`], {
      cause: error,
    });
  }
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED')
    return 'The database does not answer. The private one runs only while its server does: start that.';
  return message;
}
