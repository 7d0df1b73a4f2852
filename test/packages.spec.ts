import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { doorsOf, modulesOf, workspaces } from '../scripts/setup/packages/workspaces.mjs';
import { arrow, SourceTree } from './support/source-imports.js';

const ROOT = join(import.meta.dirname, '..');
const ENGINE = '@flagtree/engine';

const all = workspaces();
const shipped = all.filter(({ manifest }) => manifest.private !== true);

describe.each(all.map((workspace) => [workspace.name, workspace] as const))('%s', (_name, { directory, manifest }) => {
  it('says how it is built, and what its types are checked by', () => {
    expect(manifest.flagtree.build).toMatch(/^(?:tsc|bundle|\.\/\S+\.mjs)$/);
    expect(['node', 'browser', 'neutral', undefined]).toContain(manifest.flagtree.platform);
    expect(existsSync(join(ROOT, directory, 'tsconfig.json'))).toBe(true);
  });

  it('brings no package into the installation of a server: what its users bring is, here, for development', () => {
    const { devDependencies = {}, peerDependencies = {} } = manifest;
    expect(Object.keys(peerDependencies).filter((name) => !(name in devDependencies))).toEqual([]);
  });
});

describe('what is read from sources in development', () => {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const doors = all.flatMap((workspace) => Object.entries(doorsOf(workspace)));

  // One that is not: "@flagtree/NAME/*": ["./packages/NAME/src/*.ts", "./packages/NAME/src/*/index.ts"] in the paths of tsconfig.json.
  it.each(doors)('%s', (door, source) => {
    const { resolvedModule } = ts.resolveModuleName(
      door,
      join(ROOT, 'test/packages.spec.ts'),
      options,
      ts.sys,
      undefined,
      undefined,
      ts.ModuleKind.ESNext,
    );
    expect(resolvedModule?.resolvedFileName).toBe(join(ROOT, source));
  });
});

/** In the order in which a Node that knows `require` of modules, a bundler and an old `require` look for theirs. */
const BOTH = (module: string) => ({
  'module-sync': { types: `./dist/${module}.d.ts`, default: `./dist/${module}.js` },
  import: { types: `./dist/${module}.d.ts`, default: `./dist/${module}.js` },
  require: { types: `./dist/${module}.d.cts`, default: `./dist/${module}.cjs` },
});

describe('a package for users', () => {
  it('says all that npm shows', () => {
    for (const { manifest } of shipped)
      expect(manifest).toMatchObject({
        ...(manifest.flagtree.platform === 'node' && { engines: { node: expect.stringContaining('20.19') } }),
        type: 'module',
        license: 'Apache-2.0',
        description: expect.stringMatching(/\w{3}/),
        files: expect.arrayContaining(['dist']),
      });
  });

  it('is for import and for require, and both get one copy where Node can', () => {
    for (const { manifest } of shipped)
      for (const [path, conditions] of Object.entries(manifest.exports ?? {})) {
        const [module] = Object.keys(modulesOf({ manifest: { exports: { [path]: conditions } } }));
        if (module !== undefined) expect(JSON.stringify(conditions)).toBe(JSON.stringify(BOTH(module)));
      }
  });
});

describe('a package for pages', () => {
  it('imports its own files alone, and what its users bring', () => {
    const forPages = shipped.filter(({ manifest }) => manifest.flagtree.platform !== 'node');
    expect(forPages.length).toBeGreaterThan(0);
    for (const { directory, manifest } of forPages) {
      const tree = new SourceTree(`${directory}/src`);
      const foreign = tree.imports.filter(({ to }) => !tree.files.includes(to));
      const brought = Object.keys(manifest.peerDependencies ?? {});
      expect(foreign.filter(({ to }) => !brought.some((name) => to === name || to.startsWith(`${name}/`))).map(arrow)).toEqual(
        [],
      );
    }
  });
});

describe('a package besides the engine', () => {
  it('knows the engine by its src/engine.ts alone, and nothing of the server', () => {
    for (const { directory } of all.filter(({ name }) => name !== ENGINE)) {
      const tree = new SourceTree(`${directory}/src`);
      expect(tree.files.length).toBeGreaterThan(0);
      const foreign = tree.imports.filter(({ to }) => !tree.files.includes(to));
      expect(foreign.filter(({ to }) => to.startsWith('.')).map(arrow)).toEqual([]);
      expect(foreign.filter(({ from, to }) => to.startsWith(ENGINE) && from !== 'engine.ts').map(arrow)).toEqual([]);
      expect(tree.circles()).toEqual([]);
      expect(tree.longerThan(300).filter((path) => !path.endsWith('.gen.ts'))).toEqual([]);
    }
  });
});
