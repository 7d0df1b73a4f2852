// `npm run types`: the types of the server with its tests, and of each package with its own, as their tsconfig.json say.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { workspaces } from './setup/packages/workspaces.mjs';
import { inPackage, root } from './setup/paths.mjs';

const projects = ['.', ...workspaces().map(({ directory }) => directory)].filter((project) =>
  existsSync(inPackage(project, 'tsconfig.json')),
);
const failed = projects.filter((project) => {
  const tsc = [inPackage('node_modules/typescript/bin/tsc'), '--noEmit', '-p', project];
  return spawnSync(process.execPath, tsc, { cwd: root, stdio: 'inherit' }).status !== 0;
});
process.exit(failed.length === 0 ? 0 : 1);
