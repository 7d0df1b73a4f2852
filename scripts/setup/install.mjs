import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { inPackage, root } from './paths.mjs';

/**
 * Installs what the lock file asks for and node_modules lacks: `prod` for a start, `all` for tests. npm itself keeps account of what it
 * installed, so an installation made by hand counts too, and packages for development that are there are kept.
 */
export async function ensureInstalled(wanted) {
  const installed = readPackages('node_modules/.package-lock.json');
  const locked = readPackages('package-lock.json');
  if (installed && missing(locked, installed, wanted).length === 0) return;
  const set = installed && Object.values(installed).some(({ dev }) => dev) ? 'all' : wanted;
  console.log(
    `Installing ${set === 'prod' ? 'the packages that Flagtree needs' : 'all packages, those for development too'} (npm ci) …`,
  );
  await npmCi(set);
  const left = missing(locked, readPackages('node_modules/.package-lock.json') ?? {}, wanted);
  if (left.length > 0) console.warn(`npm could not install ${left.join(', ')}; going on without.`);
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(inPackage(path), 'utf8')).packages;
  } catch {
    return null;
  }
}

function missing(locked, installed, wanted) {
  return Object.entries(locked)
    .filter(([path, entry]) => path !== '' && !entry.link && (wanted === 'all' || !entry.dev) && fitsHere(entry))
    .filter(([path, { version }]) => installed[path]?.version !== version)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
}

// An optional package for another platform is left out by npm, and so is what only that one needs, which names no platform. So is one
// whose download failed, and that would be missed here.
function fitsHere({ optional, devOptional, os, cpu, libc }) {
  if (!optional && !devOptional) return true;
  return Boolean(os ?? cpu) && !libc && allows(os, process.platform) && allows(cpu, process.arch);
}

function allows(list, value) {
  if (!list) return true;
  return list.includes(`!${value}`) ? false : list.includes(value) || list.every((word) => word.startsWith('!'));
}

async function npmCi(set) {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const [command, ...args] = npmCommand('ci', set === 'prod' ? '--omit=dev' : '--include=dev', '--include=optional', ...flags);
  // A shell only where npm is a .cmd file.
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: command === 'npm' && process.platform === 'win32',
  });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const [code] = await once(child, 'close').catch((error) => [error.message]);
  if (code === 0) return;
  console.error(Buffer.concat(output).toString().trim());
  console.error(
    [
      '',
      `npm ci failed (${code}), so Flagtree's packages are not installed. Usual causes:`,
      '  - no way to the npm registry: check the network, the proxy and "npm config get registry"',
      `  - ${inPackage('node_modules')} cannot be written, or the disk is full`,
      'Put it right and start again.',
    ].join('\n'),
  );
  process.exit(1);
}

/** The npm that runs us, where one does. */
function npmCommand(...args) {
  const npm = process.env.npm_execpath;
  return npm && /npm-cli\.[cm]?js$/.test(npm) ? [process.execPath, npm, ...args] : ['npm', ...args];
}
