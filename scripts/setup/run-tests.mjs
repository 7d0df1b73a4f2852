import { spawn } from 'node:child_process';
import { buildIfChanged } from './build-if-changed.mjs';
import { ensureInstalled } from './install.mjs';
import { inPackage, root } from './paths.mjs';

await ensureInstalled('all');
buildIfChanged();
// Forced, because Node may go on for ever after a test that failed half-way: what it left open has been told by then.
const jest = ['--experimental-vm-modules', '--no-warnings', inPackage('node_modules/jest/bin/jest.js'), '--forceExit'];
const run = spawn(process.execPath, [...jest, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => run.kill(signal));
run.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
