// Copies what a built server needs to run into the directory of the first argument: for images, which then hold nothing else. `--no-postgres` leaves
// the private PostgreSQL out, for servers that are always given a DATABASE_URL.
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { exit } from 'node:process';
import { parseArgs } from 'node:util';
import { inPackage } from '../setup/paths.mjs';
import { packagesAsFiles } from '../setup/build/third-party.mjs';

const FILES = [
  'LICENSE',
  'package.json',
  'dist/main.js',
  'dist/server',
  'dist/start/runtime',
  'migrations',
  'packages/panel/dist',
  'scripts/database/backup.mjs',
  'scripts/flags.mjs',
  'scripts/database/migrate.mjs',
  'scripts/database/restore-backup.mjs',
  'scripts/setup/paths.mjs',
  'scripts/setup/run-command.mjs',
  'sql',
];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'no-postgres': { type: 'boolean' } } });
const [target] = positionals;
if (target === undefined) {
  console.error('Say where to: node scripts/ship/runtime-files.mjs <directory> [--no-postgres]');
  exit(64);
}
for (const path of [...FILES, ...packagesAsFiles(!values['no-postgres']).map((name) => `node_modules/${name}`)]) {
  if (!existsSync(inPackage(path))) continue; // no private PostgreSQL on musl
  mkdirSync(join(target, path, '..'), { recursive: true });
  cpSync(inPackage(path), join(target, path), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !/swagger-ui-dist.*\.map$/.test(source),
  });
}
