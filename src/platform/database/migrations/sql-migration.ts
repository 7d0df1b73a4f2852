import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { packageRoot } from '../../package-root.js';

/** Why the database cannot be brought to the state that this code needs; the message names the migration. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** `migrations/<13 digits>-<name>.sql` with its `.down.sql`, as a migration of TypeORM's. */
export class SqlMigration implements MigrationInterface {
  /** SHA-256 of the file, with the line ends that the repository has. */
  readonly checksum: string;
  /** False when the file begins with `-- no-transaction`: then it holds one statement, such as CREATE INDEX CONCURRENTLY. */
  readonly transaction: boolean;

  constructor(
    readonly name: string,
    /** What is run to apply it. */
    readonly text: string,
    private readonly downSql: string,
  ) {
    this.checksum = createHash('sha256').update(text).digest('hex');
    this.transaction = !/^--\s*no-transaction\b/.test(text);
  }

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(this.text);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(this.downSql);
  }
}

/** @throws {MigrationError} for a file whose name is not understood, or that has no counterpart. */
export function readMigrations(folder: string = join(packageRoot(), 'migrations')): SqlMigration[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  const text = (file: string) => {
    if (!files.includes(file)) throw new MigrationError(`The migration file "${file}" is missing in ${folder}`);
    return readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n');
  };
  const names = [...new Set(files.map((file) => file.replace(/(\.down)?\.sql$/, '')))].sort();
  for (const [index, name] of names.entries()) {
    if (!/^\d{13}-[a-z0-9-]+$/.test(name))
      throw new MigrationError(`"${name}.sql" in ${folder} is no name of a migration: <13 digits>-<name>.sql`);
    if (names[index - 1]?.slice(0, 13) === name.slice(0, 13)) {
      throw new MigrationError(
        `The migrations "${names[index - 1]}" and "${name}" have the same number: renumber the one that is not released`,
      );
    }
  }
  return names.map((name) => new SqlMigration(name, text(`${name}.sql`), text(`${name}.down.sql`)));
}
