import { mkdirSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';

/**
 * Writes the declarations that `exports` reaches, and those for `require` (`.d.cts`) beside them. False, with the reason printed, where one names
 * a package that users do not have: what is bundled can be used, and its types cannot.
 */
export function writeDeclarations({ name, manifest }, modules, declarations, dist) {
  const theirs = Object.keys({ [name]: '', ...manifest.dependencies, ...manifest.peerDependencies });
  const strangers = [];
  for (const ending of ['.d.ts', '.d.cts']) {
    const entries = Object.keys(modules).filter((module) => modules[module].includes(ending));
    for (const path of reachable(entries.map((module) => `${module}.d.ts`))) {
      const text = declarations.get(path);
      write(join(dist, path.replace(/\.d\.ts$/, ending)), ending === '.d.ts' ? text : forRequire(text));
    }
  }
  for (const stranger of new Set(strangers)) console.error(`The build of ${name} failed: ${stranger}`);
  return strangers.length === 0;

  function reachable(entries) {
    const paths = new Set(entries);
    for (const path of paths) {
      for (const { fileName } of importsOf(declarations.get(path) ?? '')) {
        if (fileName.startsWith('.')) paths.add(posix.join(posix.dirname(path), fileName.replace(/\.js$/, '.d.ts')));
        else if (!isTheirs(fileName)) strangers.push(`${path} names types of ${fileName}, which is no package of its users.`);
      }
    }
    return paths;
  }

  function isTheirs(specifier) {
    return isBuiltin(specifier) || theirs.some((one) => specifier === one || specifier.startsWith(`${one}/`));
  }
}

const importsOf = (text) => ts.preProcessFile(text, true, true).importedFiles;

function forRequire(text) {
  let changed = text;
  for (const { fileName, pos } of importsOf(text).toReversed()) {
    if (!fileName.startsWith('.')) continue;
    // `pos` is that of the quotation mark
    const start = pos + 1;
    changed = changed.slice(0, start) + fileName.replace(/\.js$/, '.cjs') + changed.slice(start + fileName.length);
  }
  return changed;
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
