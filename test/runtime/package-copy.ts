import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The built package with what it needs to run, as `npm ci --omit=dev` and a build leave it. Hard links where possible: it is large. */
export function copyPackage(to: string): void {
  mkdirSync(to);
  const paths = [
    'dist',
    'migrations',
    'scripts',
    'sql',
    'src',
    'packages',
    'nest-cli.json',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    ...neededPackages(),
  ];
  const copy = (links: string) => spawnSync('cp', [`-a${links}`, '--parents', ...paths, to], { cwd: ROOT, encoding: 'utf8' });
  if (copy('l').status === 0) return;
  const { status, stderr } = copy('');
  if (status !== 0) throw new Error(`The package could not be copied: ${stderr}`);
}

function neededPackages(): string[] {
  const { packages } = JSON.parse(readFileSync(`${ROOT}/package-lock.json`, 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  return Object.keys(packages).filter(
    (path) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !packages[path]?.dev && existsSync(`${ROOT}/${path}`),
  );
}
