import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { transformSync } from '@swc/core';

const transformed = new Map();

/** TypeScript as Node runs it. A file is read once in a process: within one, nothing but the active mutant changes. */
function javascriptOf(file) {
  let code = transformed.get(file);
  if (code === undefined) {
    ({ code } = transformSync(readFileSync(file, 'utf8'), {
      filename: file,
      module: { type: 'es6' },
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    }));
    transformed.set(file, code);
  }
  return code;
}

/**
 * Loads a file of the repository anew, with everything that it imports from it: a module may keep what it has found out, and what was found
 * out under one mutant may not be believed under the next. Packages are loaded once; `stood` are some that something else stands in for.
 */
export async function loadFresh(file, stood) {
  const modules = new Map();
  const packages = new Map();

  const own = (file) => {
    if (!modules.has(file)) {
      modules.set(file, new vm.SourceTextModule(javascriptOf(file), { identifier: pathToFileURL(file).href }));
    }
    return modules.get(file);
  };

  const link = async (specifier, { identifier }) => {
    if (specifier.startsWith('.')) {
      return own(resolve(dirname(new URL(identifier).pathname), specifier.replace(/\.js$/, '.ts')));
    }
    if (!packages.has(specifier)) {
      const exported = stood[specifier] ?? (await import(specifier));
      packages.set(
        specifier,
        new vm.SyntheticModule(Object.keys(exported), function () {
          for (const [name, value] of Object.entries(exported)) this.setExport(name, value);
        }),
      );
    }
    return packages.get(specifier);
  };

  const module = own(file);
  await module.link(link);
  await module.evaluate();
}
