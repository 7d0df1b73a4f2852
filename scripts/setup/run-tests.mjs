import { spawn } from 'node:child_process';
import { buildIfChanged } from './build/build-if-changed.mjs';
import { ensureInstalled } from './install.mjs';
import { buildPackages } from './packages/build.mjs';
import { inPackage, root } from './paths.mjs';

await ensureInstalled('all');
buildIfChanged();
if (!(await buildPackages())) process.exit(1);
// Forced, because Node may go on for ever after a test that failed half-way: what it left open has been told by then.
const jest = ['--experimental-vm-modules', '--no-warnings', inPackage('node_modules/jest/bin/jest.js'), '--forceExit'];
const run = spawn(process.execPath, [...jest, ...pathsFirst(process.argv.slice(2))], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => run.kill(signal));
run.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});

/** jest takes all that stands behind `--selectProjects` for names of projects, paths too, and then runs the whole project. */
function pathsFirst(args) {
  const start = args.indexOf('--selectProjects') + 1;
  if (start === 0) return args;
  const end = args.findIndex((argument, at) => at >= start && argument.startsWith('-'));
  const selected = args.slice(start, end === -1 ? undefined : end);
  const paths = selected.filter((argument) => /[/.]/.test(argument));
  return [...paths, ...args.filter((argument, at) => at < start || !paths.includes(argument))];
}
