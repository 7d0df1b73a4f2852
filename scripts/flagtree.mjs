// `npm run flagtree -- env tree`: the command line of this clone, built first where its sources have changed.
import './setup/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { inPackage } from './setup/paths.mjs';

const { buildPackages } = await import('./setup/packages/build.mjs');
const { builtFor } = await import('./setup/build/sources.mjs');
const { workspaces } = await import('./setup/packages/workspaces.mjs');

const isBuilt = await buildPackages(builtFor(workspaces().filter(({ name }) => name === '@flagtree/cli')));
if (!isBuilt) process.exit(1);
const { status } = spawnSync(process.execPath, [inPackage('packages/cli/dist/main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
