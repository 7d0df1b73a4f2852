import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inPackage } from '../paths.mjs';

/**
 * The packages of the repository, each after those that it uses. What is built of one its own package.json says: `exports` and `bin` name the
 * files, and `flagtree.build` says how they are made.
 */
export function workspaces() {
  const found = readdirSync(inPackage('packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(inPackage('packages', entry.name, 'package.json')))
    .map(({ name }) => workspaceIn(join('packages', name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const workspace of found) workspace.uses = found.filter(({ name }) => name in workspace.packages);
  return inOrder(found);
}

function workspaceIn(directory) {
  const manifest = JSON.parse(readFileSync(inPackage(directory, 'package.json'), 'utf8'));
  const { name, dependencies, devDependencies, peerDependencies } = manifest;
  return { name, directory, manifest, packages: { ...dependencies, ...devDependencies, ...peerDependencies }, uses: [] };
}

function inOrder(all) {
  const order = [];
  const add = (workspace, trail) => {
    if (trail.includes(workspace))
      throw new Error(`${workspace.name} is built from itself: ${trail.map((one) => one.name).join(' → ')}`);
    if (order.includes(workspace)) return;
    for (const used of workspace.uses) add(used, [...trail, workspace]);
    order.push(workspace);
  };
  for (const workspace of all) add(workspace, []);
  return order;
}

/** Files that package.json names in `dist`, by module: `{ index: ['.js', '.cjs', '.d.ts', '.d.cts'] }`. */
export function modulesOf({ manifest: { exports, bin, main, types } }) {
  const modules = {};
  for (const target of targetsIn([exports, bin, main, types])) {
    const [, module, ending] = /^\.?\/?dist\/(.*?)((?:\.d)?\.[cm]?[jt]s)$/.exec(target) ?? [];
    if (module === undefined) continue;
    modules[module] ??= [];
    if (!modules[module].includes(ending)) modules[module].push(ending);
  }
  return modules;
}

/** The source of a module: `src/index.ts` for `dist/index.js`. */
export function sourceOf({ name, directory }, module) {
  const candidates = [`${module}.ts`, `${module}.tsx`, `${module}/index.ts`].map((path) => join(directory, 'src', path));
  const source = candidates.find((path) => existsSync(inPackage(path)));
  if (source === undefined)
    throw new Error(`${name} names dist/${module} in its package.json, and has none of ${candidates.join(', ')}`);
  return source;
}

/** What may be imported of a package, and the source of each: `{ '@flagtree/client/testing': 'packages/client/src/testing.ts' }`. */
export function doorsOf(workspace) {
  const { name, manifest } = workspace;
  return Object.fromEntries(
    Object.entries(manifest.exports ?? {}).flatMap(([path, conditions]) => {
      const source = conditions['flagtree-source'];
      const [module] = Object.keys(modulesOf({ manifest: { exports: conditions } }));
      if (source === undefined && module === undefined) return [];
      return [[name + path.slice(1), source ? join(workspace.directory, source) : sourceOf(workspace, module)]];
    }),
  );
}

function targetsIn(value) {
  if (typeof value === 'string') return [value];
  return Object.values(value ?? {}).flatMap(targetsIn);
}
