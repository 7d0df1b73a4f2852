import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { workspaces } from '../../scripts/setup/packages/workspaces.mjs';
import { ROOT } from '../docs/markdown.js';
import { ESM, FILES, OTHERS } from './project.js';

const MINUTES = 60_000;

const run = (command: string, args: string[], cwd: string) => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, CI: 'true', NODE_OPTIONS: '' },
  });
  return { status, output: stdout + stderr };
};
const hasRegistry = run('npm', ['view', 'rxjs@7', 'name', '--fetch-retries=0', '--fetch-timeout=20000'], tmpdir()).status === 0;
const shipped = workspaces().filter(({ manifest }) => manifest.private !== true && manifest.exports?.['.'] !== undefined);

/** An empty project that has installed what npm would publish, and tools as their users have them. */
(hasRegistry ? describe : describe.skip)(
  `packages as npm would publish them (${hasRegistry ? 'installed' : 'no registry answers'})`,
  () => {
    let project: string;

    beforeAll(() => {
      project = mkdtempSync(join(tmpdir(), 'flagtree-packed-'));
      const tarballs = shipped.map(({ directory }) => {
        const { status, output } = run('npm', ['pack', '--silent', '--pack-destination', project], join(ROOT, directory));
        if (status !== 0) throw new Error(output);
        return `./${output.trim().split('\n').at(-1) ?? ''}`;
      });
      for (const [name, text] of Object.entries(FILES)) {
        mkdirSync(join(project, name, '..'), { recursive: true });
        writeFileSync(join(project, name), text);
      }
      const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
      const { status, output } = run('npm', ['install', ...flags, ...tarballs, ...OTHERS], project);
      if (status !== 0) throw new Error(output);
    }, 10 * MINUTES);
    afterAll(() => {
      rmSync(project, { recursive: true, force: true });
    });

    const does = (command: string, ...args: string[]) => {
      const { status, output } = run(join(project, 'node_modules/.bin', command), args, project);
      expect({ status, output }).toEqual({ status: 0, output });
    };

    it('are all of them', () => {
      expect(shipped.map(({ name }) => name).sort()).toEqual(Object.keys(ESM).sort());
    });

    it.each(['esm.mjs', 'cjs.cjs', 'both.mjs'])('work in Node: %s', (file) => {
      const { status, output } = run(process.execPath, [file], project);
      expect({ status, output }).toEqual({ status: 0, output: 'fine\n' });
    });

    it.each(['node16', 'nodenext', 'bundler'])(
      'have types under strict, by %s',
      (resolution) => {
        does('tsc', '-p', `tsconfig.${resolution}.json`);
      },
      3 * MINUTES,
    );

    it(
      'work in Jest, where modules are required',
      () => {
        does('jest', '--config', 'jest.config.json');
      },
      3 * MINUTES,
    );

    it(
      'work in Vitest',
      () => {
        does('vitest', 'run', '--root', 'vitest');
      },
      3 * MINUTES,
    );

    it(
      'work in a page that Vite builds',
      () => {
        does('vite', 'build', 'vite', '--logLevel', 'error');
      },
      3 * MINUTES,
    );
  },
);
