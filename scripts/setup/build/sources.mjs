import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { workspaces } from '../packages/workspaces.mjs';
import { inPackage } from '../paths.mjs';

const BUILD = [
  'package-lock.json',
  'tsconfig.json',
  'scripts/setup/build/draft.mjs',
  'scripts/setup/build/third-party.mjs',
  'scripts/setup/build/typescript.mjs',
];

const SERVER_BUILD = [
  'tsconfig.build.json',
  'nest-cli.json',
  'scripts/build.mjs',
  'scripts/setup/build/compile.mjs',
  'scripts/setup/build/bundle.mjs',
];

const WORKSPACE_BUILD = filesIn('scripts/setup/packages');

/** A digest of the content (not of the times: a checkout changes those) of everything that the server's build depends on. */
export const sourceDigest = () =>
  digestOf([
    ...filesIn('src').filter(isSource),
    ...builtFor(workspacesOfServer().filter(isInBundle)).flatMap(filesOf),
    ...SERVER_BUILD,
  ]);

/** Whether the server, and what it serves, are built of the sources that are there. */
export const isBuilt = () =>
  builtDigest() === sourceDigest() &&
  workspacesOfServer().every((one) => builtDigest(`${one.directory}/dist`) === workspaceDigest(one));

/** The same of a package alone, those that it uses included. */
export const workspaceDigest = (workspace) => digestOf(withUsed([workspace]).flatMap(filesOf));

/** The packages that the server itself needs. */
export function workspacesOfServer() {
  const { dependencies } = JSON.parse(readFileSync(inPackage('package.json'), 'utf8'));
  const all = workspaces();
  return all.filter(({ name }) => name in dependencies);
}

/** What `dist` was built from; null when there is no complete build. */
export const builtDigest = (dist = 'dist') => {
  try {
    return readFileSync(inPackage(dist, '.build'), 'utf8').trim();
  } catch {
    return null;
  }
};

/** Those of some packages, and of what they use, that have to be built for them: one that reads the sources of others needs no build of theirs. */
export const builtFor = (some) => [
  ...new Set(some.flatMap((one) => [...(one.manifest.flagtree?.fromSources ? [] : builtFor(one.uses)), one])),
];

/** What the server serves as files is no part of it. */
const isInBundle = ({ manifest }) => !manifest.flagtree?.fromSources;

const withUsed = (some) => [...new Set(some.flatMap((workspace) => [workspace, ...withUsed(workspace.uses)]))];

const filesOf = ({ directory }) =>
  filesIn(directory, (folder) => !/^(?:dist.*|node_modules|test)$/.test(folder)).filter(isSource);

const isSource = (path) => !/\.spec\.tsx?$|\.md$/.test(path);

function digestOf(paths) {
  const hash = createHash('sha256');
  for (const path of [...paths, ...BUILD, ...WORKSPACE_BUILD]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(inPackage(path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesIn(folder, isWanted = () => true) {
  return readdirSync(inPackage(folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return [path];
      return isWanted(entry.name) ? filesIn(path) : [];
    })
    .sort();
}
