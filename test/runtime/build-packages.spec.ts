import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../docs/markdown.js';

/** A repository with two packages: `lamp` has `wire` inside. */
const FILES = {
  'package-lock.json': '{}',
  // without the types of Node, which take longest to read
  'tsconfig.json': readFileSync(join(ROOT, 'tsconfig.json'), 'utf8').replace('"types": ["node"]', '"types": []'),
  'packages/wire/package.json': JSON.stringify({
    name: '@flagtree/wire',
    type: 'module',
    flagtree: { build: 'tsc' },
    exports: { types: './dist/index.d.ts', default: './dist/index.js' },
  }),
  'packages/wire/tsconfig.json': JSON.stringify({
    extends: '../../tsconfig.json',
    compilerOptions: { rootDir: 'src', noEmit: false, declaration: true, incremental: false },
    include: ['src'],
  }),
  'packages/wire/src/index.ts': `export interface Wire { length: number }\nexport const metres = (length: number): Wire => ({ length });\n`,
  'packages/lamp/package.json': JSON.stringify({
    name: '@flagtree/lamp',
    type: 'module',
    flagtree: { build: 'bundle', platform: 'node' },
    bin: { lamp: './dist/command.js' },
    exports: { '.': both('index'), './testing': both('testing') },
    devDependencies: { '@flagtree/wire': '0.1.0' },
    peerDependencies: { 'reflect-metadata': '*' },
  }),
  'packages/lamp/tsconfig.json': JSON.stringify({ extends: '../../tsconfig.json', include: ['src'] }),
  'packages/lamp/src/index.ts': [
    `import 'reflect-metadata';`,
    `import { metres } from '@flagtree/wire';`,
    `import type { Size } from './size.js';`,
    `export const lit: string[] = [];`,
    `export class Bulb {}`,
    `const Fitting = (_: object): void => undefined;`,
    `@Fitting export class Lamp { constructor(readonly bulb: Bulb) {} size(): Size { return { metres: metres(2).length }; } }`,
  ].join('\n'),
  'packages/lamp/src/size.ts': 'export interface Size { metres: number }\n',
  'packages/lamp/src/testing/index.ts': `import { lit } from '../index.js';\nexport const light = (lamp: string): number => lit.push(lamp);\n`,
  'packages/lamp/src/command.ts': `#!/usr/bin/env node\nimport { Lamp } from './index.js';\ndeclare const console: { log: (what: unknown) => void };\nconsole.log(new Lamp({}).size().metres);\n`,
};

function both(module: string) {
  const esm = { types: `./dist/${module}.d.ts`, default: `./dist/${module}.js` };
  return { 'module-sync': esm, import: esm, require: { types: `./dist/${module}.d.cts`, default: `./dist/${module}.cjs` } };
}

describe('the build of packages', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'flagtree-test-packages-'));
    cpSync(join(ROOT, 'scripts'), join(root, 'scripts'), { recursive: true });
    mkdirSync(join(root, 'node_modules/@flagtree'), { recursive: true });
    for (const name of ['typescript', 'esbuild', '@esbuild', 'reflect-metadata'])
      symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name));
    for (const name of ['lamp', 'wire']) symlinkSync(join(root, 'packages', name), join(root, 'node_modules/@flagtree', name));
    for (const [path, text] of Object.entries(FILES)) write(path, text);
  });
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function run(...args: string[]): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: join(root, 'packages/lamp'), encoding: 'utf8' });
    return { status, output: stdout + stderr };
  }

  const build = () => run(join(root, 'scripts/build-packages.mjs'));
  const built = () => statSync(join(root, 'packages/lamp/dist')).ino;

  it('writes what package.json names, each after what it uses', () => {
    expect(build()).toEqual({ status: 0, output: '' });
    const files = readdirSync(join(root, 'packages/lamp/dist'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => !name.startsWith('chunks')).sort()).toEqual([
      '.build',
      'command.js',
      ...['index.cjs', 'index.d.cts', 'index.d.ts', 'index.js', 'size.d.cts', 'size.d.ts'],
      ...['testing', 'testing.cjs', 'testing.d.cts', 'testing.d.ts', 'testing.js', 'testing/index.d.cts', 'testing/index.d.ts'],
    ]);
    expect(run('dist/command.js')).toEqual({ status: 0, output: '2\n' });
  });

  it('has one copy of what several files share, for import and for require', () => {
    const task = `light('desk'); console.log(lit.join())`;
    const asModule = `import { lit } from '@flagtree/lamp'; import { light } from '@flagtree/lamp/testing'; ${task}`;
    const asScript = `const { lit } = require('./dist/index.cjs'); const { light } = require('./dist/testing.cjs'); ${task}`;
    expect(run('--input-type=module', '-e', asModule)).toEqual({ status: 0, output: 'desk\n' });
    expect(run('-e', asScript)).toEqual({ status: 0, output: 'desk\n' });
  });

  it('keeps what decorators say of types', () => {
    const asked = `import { Lamp } from '@flagtree/lamp'; console.log(Reflect.getMetadata('design:paramtypes', Lamp)[0].name)`;
    expect(run('--input-type=module', '-e', asked)).toEqual({ status: 0, output: 'Bulb\n' });
  });

  it('does nothing where nothing has changed, and builds a package anew when one has that it uses', () => {
    const before = built();
    build();
    expect(built()).toBe(before);
    write('packages/lamp/src/index.spec.ts', 'not built');
    build();
    expect(built()).toBe(before);
    write('packages/wire/src/index.ts', FILES['packages/wire/src/index.ts'].replace('({ length })', '({ length: length + 1 })'));
    build();
    expect(built()).not.toBe(before);
    expect(run('dist/command.js').output).toBe('3\n');
  });

  it('refuses declarations that name what users do not have, and keeps the last build', () => {
    const before = built();
    write(
      'packages/lamp/src/size.ts',
      `import type { Wire } from '@flagtree/wire';\nexport interface Size { metres: Wire['length'] }\n`,
    );
    expect(build()).toEqual({
      status: 1,
      output: 'The build of @flagtree/lamp failed: size.d.ts names types of @flagtree/wire, which is no package of its users.\n',
    });
    expect(built()).toBe(before);
    write('packages/lamp/src/size.ts', FILES['packages/lamp/src/size.ts']);
  });

  it('leaves a package out whose own packages are not installed', () => {
    const manifest = JSON.parse(FILES['packages/lamp/package.json']) as object;
    write(
      'packages/lamp/package.json',
      JSON.stringify({ ...manifest, devDependencies: { '@flagtree/wire': '0.1.0', nowhere: '1' } }),
    );
    expect(build()).toEqual({ status: 0, output: '@flagtree/lamp is not built: nowhere is not installed.\n' });
  });
});
