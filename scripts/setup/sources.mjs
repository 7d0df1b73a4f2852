import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inPackage } from './paths.mjs';

const ALSO = [
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'packages/engine/package.json',
  'packages/engine/tsconfig.json',
  'scripts/build.mjs',
  'scripts/setup/compile.mjs',
  'scripts/setup/bundle.mjs',
];

/** A digest of the content (not of the times: a checkout changes those) of everything that the build depends on. */
export function sourceDigest() {
  const hash = createHash('sha256');
  for (const path of [...sources(), ...ALSO]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(inPackage(path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function sources() {
  return ['src', 'packages/engine/src']
    .flatMap((folder) => readdirSync(inPackage(folder), { recursive: true }).map((name) => join(folder, name)))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !/[\\/]testing[\\/]/.test(name))
    .sort();
}

/** Null when there is no complete build. */
export function builtDigest() {
  try {
    return readFileSync(inPackage('dist/.build'), 'utf8').trim();
  } catch {
    return null;
  }
}
