/**
 * `npm run sbom -- <file> [--no-postgres]`: the bill of materials (CycloneDX) of what a built server ships: npm's own of the lock file, without the
 * packages that only build or test it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inPackage, root } from '../setup/paths.mjs';
import { packagesAsFiles } from '../setup/build/third-party.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'no-postgres': { type: 'boolean' } } });
const [target] = positionals;
if (target === undefined) {
  console.error('Say where to: npm run sbom -- <file>');
  process.exit(2);
}

const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
const all = JSON.parse(execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], options));
const bundled = JSON.parse(readFileSync(inPackage('dist/server/packages.json'), 'utf8'));
const asFiles = packagesAsFiles(!values['no-postgres']);
const isShipped = ({ name, version }) =>
  asFiles.includes(name) || bundled.some((one) => one.name === name && one.version === version);

const components = all.components.filter(isShipped);
const refs = new Set([all.metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
const dependencies = all.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
const component = { ...all.metadata.component, type: 'application', name: 'flagtree' };
const document = { ...all, metadata: { ...all.metadata, component }, components, dependencies };
writeFileSync(target, `${JSON.stringify(document, null, 2)}\n`);
