import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inPackage } from './paths.mjs';

const BUILD = [
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'scripts/build.mjs',
  'scripts/setup/compile.mjs',
  'scripts/setup/bundle.mjs',
  'scripts/setup/third-party.mjs',
];

const ENGINE = ['packages/engine/package.json', 'packages/engine/tsconfig.json'];

/** A digest of the content (not of the times: a checkout changes those) of everything that the build depends on. */
export const sourceDigest = () => digestOf([...sourcesIn('src'), ...sourcesIn('packages/engine/src'), ...ENGINE, ...BUILD]);

/** The same of the engine alone. */
export const engineDigest = () => digestOf([...sourcesIn('packages/engine/src'), ...ENGINE, ...BUILD]);

/** What `dist` was built from; null when there is no complete build. */
export const builtDigest = (dist = 'dist') => {
  try {
    return readFileSync(inPackage(dist, '.build'), 'utf8').trim();
  } catch {
    return null;
  }
};

function digestOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(inPackage(path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function sourcesIn(folder) {
  return readdirSync(inPackage(folder), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !/[\\/]testing[\\/]/.test(name))
    .map((name) => join(folder, name))
    .sort();
}
