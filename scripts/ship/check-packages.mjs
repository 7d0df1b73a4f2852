// What npm would publish of packages/, held against what Node, TypeScript and bundlers look for, old ones too. Run by .ci/run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaces } from '../setup/packages/workspaces.mjs';
import { inPackage, root } from '../setup/paths.mjs';

/** Not among the packages for development: they bring 80 others. `node10` knows no `exports`; `main` and `types` are for it. */
const CHECKS = [
  ['publint@0.3.25', (tarball) => [tarball, '--strict']],
  ['@arethetypeswrong/cli@0.18.5', (tarball) => [tarball, '--profile', 'node16', '--format', 'ascii', '--no-emoji']],
];

const scratch = mkdtempSync(join(tmpdir(), 'flagtree-packed-'));
const shipped = workspaces().filter(({ manifest }) => manifest.private !== true);
const tarballs = shipped.map(pack);
const failed = CHECKS.flatMap(([tool, argumentsFor]) => {
  if (!isThere(tool)) {
    console.log(`SKIPPED: the registry does not give ${tool}`);
    return [];
  }
  return tarballs.filter(([name, tarball]) => {
    console.log(`${tool}: ${name}`);
    return npx(tool, argumentsFor(tarball), 'inherit').status !== 0;
  });
});
rmSync(scratch, { recursive: true, force: true });
console.log(`${shipped.length - new Set(failed).size} packages are as their users expect them, ${new Set(failed).size} are not`);
process.exit(failed.length === 0 ? 0 : 1);

function pack({ name, directory }) {
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', '--pack-destination', scratch], {
    cwd: inPackage(directory),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm pack of ${name} failed: ${stderr}`);
  return [name, join(scratch, JSON.parse(stdout)[0].filename)];
}

function isThere(tool) {
  return npx(tool, ['--version'], 'ignore').status === 0;
}

function npx(tool, args, stdio) {
  return spawnSync('npx', ['--yes', tool, ...args], { cwd: root, stdio });
}
