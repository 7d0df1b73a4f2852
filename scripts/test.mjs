// `npm test`: installs what is missing, builds what has changed, and runs jest with the arguments given.
import './setup/node-version.mjs';
import { spawn } from 'node:child_process';

const { inPackage, root } = await import('./setup/paths.mjs');
const { ensureInstalled } = await import('./setup/install.mjs');
const { buildIfChanged } = await import('./setup/build-if-changed.mjs');

await ensureInstalled('all');
buildIfChanged();
const node = ['--experimental-vm-modules', '--no-warnings', inPackage('node_modules/jest/bin/jest.js')];
const jest = spawn(process.execPath, [...node, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
jest.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
