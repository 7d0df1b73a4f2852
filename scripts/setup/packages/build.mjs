import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { writeWhole } from '../build/draft.mjs';
import { inPackage } from '../paths.mjs';
import { builtDigest, workspaceDigest } from '../build/sources.mjs';
import { workspaces } from './workspaces.mjs';

/**
 * Builds those of the packages whose sources have changed, each after those that it uses. `flagtree.build` in package.json says how:
 * - `"tsc"`: file by file, as its tsconfig.json says.
 * - `"bundle"`: one file for each name in `exports` and `bin`, with what `devDependencies` names inside, and with declarations.
 * - `"./build.mjs"`: by that file's `build(draft)`, which writes the content of `dist` and returns whether it could.
 * False, with the reasons printed, where one cannot be built.
 */
export async function buildPackages(wanted = workspaces()) {
  for (const workspace of wanted) {
    const by = workspace.manifest.flagtree?.build;
    if (by === undefined) continue;
    const digest = workspaceDigest(workspace);
    const dist = `${workspace.directory}/dist`;
    if (builtDigest(dist) === digest) continue;
    const missing = notInstalled(workspace);
    if (missing.length > 0) {
      console.log(`${workspace.name} is not built: ${missing.join(', ')} is not installed.`);
      continue;
    }
    if (!(await writeWhole(dist, digest, (draft) => build(workspace, by, draft)))) return false;
  }
  return true;
}

async function build(workspace, by, draft) {
  const { directory } = workspace;
  if (by === 'tsc') return (await import('../build/typescript.mjs')).emit(`${directory}/tsconfig.json`, { outDir: draft });
  if (by === 'bundle') return (await import('./bundle.mjs')).bundlePackage(workspace, draft);
  const { build: ownBuild } = await import(pathToFileURL(inPackage(directory, by)).href);
  return ownBuild(draft);
}

/** An installation without the packages for development (`--omit=dev`) cannot build everything, and a server needs little of it. */
const notInstalled = ({ directory, packages }) =>
  Object.keys(packages).filter((name) => ![directory, '.'].some((place) => existsSync(inPackage(place, 'node_modules', name))));
