import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url));

const LOCKED = {
  '': {},
  'node_modules/needed': { version: '1.0.0' },
  'node_modules/for-tests': { version: '1.0.0', dev: true },
  'node_modules/other-platform': { version: '1.0.0', optional: true, os: ['sunos'] },
  'node_modules/this-platform': { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] },
};

/** An npm that notes how it was called, and installs all that it should. */
const NPM = `
const { readFileSync, writeFileSync, mkdirSync } = require('node:fs');
writeFileSync('calls', process.argv.slice(2).join(' ') + '\\n', { flag: 'a' });
if (process.env.BROKEN_NPM) { console.error('npm error network is unreachable'); process.exit(1); }
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const wanted = Object.entries(packages).filter(([path, entry]) => path && !entry.os?.includes('sunos') && !(entry.dev && process.argv.includes('--omit=dev')));
mkdirSync('node_modules', { recursive: true });
writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: Object.fromEntries(wanted) }));
`;

describe('npm start and npm test', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'flagtree-test-scripts-'));
    cpSync(SCRIPTS, join(root, 'scripts'), { recursive: true });
    mkdirSync(join(root, 'npm'));
    writeFileSync(join(root, 'npm/npm-cli.cjs'), NPM);
    lock(LOCKED);
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('install what a start needs, once, and quietly', () => {
    expect(install('prod')).toEqual({ status: 0, output: 'Installing the packages that Flagtree needs (npm ci) …\n' });
    expect(install('prod')).toEqual({ status: 0, output: '' });
    expect(calls()).toEqual([
      'ci --omit=dev --include=optional --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error',
    ]);
  });

  it('install more for the tests, which a later start leaves there', () => {
    install('prod');
    expect(install('all').output).toContain('all packages');
    expect(install('prod').output).toBe('');
    lock({ ...LOCKED, 'node_modules/needed': { version: '1.0.1' } });
    install('prod');
    expect(calls().map((call) => call.split(' ')[1])).toEqual(['--omit=dev', '--include=dev', '--include=dev']);
  });

  it('install again when the lock file asks for another version, or a part was lost on the way', () => {
    install('prod');
    lock({ ...LOCKED, 'node_modules/needed': { version: '2.0.0' } });
    expect(install('prod').output).toContain('Installing');
    const { 'node_modules/this-platform': lost, ...rest } = LOCKED;
    expect(lost).toBeDefined();
    writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: rest }));
    expect(install('prod').output).toContain('Installing');
  });

  it('explain a failure of npm, with its output', () => {
    const { status, output } = install('prod', { BROKEN_NPM: 'yes' });
    expect(status).toBe(1);
    expect(output).toContain('npm error network is unreachable\n\nnpm ci failed (1), so');
    expect(output).toContain('check the network, the proxy');
  });

  it.each(['start.mjs', 'test.mjs', 'build.mjs'])('say which Node they need: %s', (script) => {
    const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } })`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(old)}`, join(root, 'scripts', script)],
      {
        encoding: 'utf8',
      },
    );
    expect(status).toBe(78);
    expect(stderr).toContain(
      `Flagtree needs Node.js 20 from 20.19 on, 22 from 22.13 on, or 24.11 and newer; this is 20.18.3 (${process.execPath}).`,
    );
  });

  function lock(packages: object): void {
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  }

  function install(set: 'prod' | 'all', env: Record<string, string> = {}): { status: number | null; output: string } {
    const code = `const { ensureInstalled } = await import(${JSON.stringify(join(root, 'scripts/setup/install.mjs'))}); await ensureInstalled('${set}');`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      env: { ...process.env, npm_execpath: join(root, 'npm/npm-cli.cjs'), ...env },
    });
    return { status, output: stdout + stderr };
  }

  function calls(): string[] {
    return readFileSync(join(root, 'calls'), 'utf8').trim().split('\n');
  }
});
