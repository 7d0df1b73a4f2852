import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { inPackage } from '../paths.mjs';
import { emit } from '../build/typescript.mjs';
import { writeDeclarations } from './declarations.mjs';
import { modulesOf, sourceOf } from './workspaces.mjs';

/** By TypeScript, so that types are checked and decorators keep what they say of types: single files to `outDir`, declarations to `dist`. */
export function compilePackage(workspace, outDir, dist) {
  const { directory } = workspace;
  const modules = modulesOf(workspace);
  const sources = Object.fromEntries(Object.keys(modules).map((module) => [module, sourceOf(workspace, module)]));
  const declarations = new Map();
  const writeFile = (path, text) => {
    const name = relative(outDir, path).replaceAll('\\', '/');
    if (name.endsWith('.d.ts')) declarations.set(name, text);
    else write(path, text);
  };
  const isWhole = emit(`${directory}/tsconfig.json`, optionsOf(directory, outDir), {
    files: Object.values(sources).map((source) => inPackage(source)),
    writeFile,
  });
  if (!isWhole) return false;
  for (const [module, source] of Object.entries(sources)) {
    const emitted = relative(join(directory, 'src'), source).replace(/\.tsx?$/, '');
    if (emitted === module) continue;
    // dist/testing.js is made of src/testing/index.ts
    write(join(outDir, `${module}.js`), `export * from './${emitted}.js';\n`);
    declarations.set(`${module}.d.ts`, `export * from './${emitted}.js';\n`);
  }
  return writeDeclarations(workspace, modules, declarations, dist);
}

/** Against what the other packages declare, not against their sources. */
const optionsOf = (directory, outDir) => ({
  noEmit: false,
  declaration: true,
  incremental: false,
  tsBuildInfoFile: undefined,
  customConditions: [],
  paths: {},
  rootDir: inPackage(directory, 'src'),
  outDir,
});

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
