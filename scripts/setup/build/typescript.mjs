import ts from 'typescript';
import { inPackage, root } from '../paths.mjs';

/**
 * Compiles what a `tsconfig.json` says, with `changes` of its options. False, with the reasons printed, on any type error.
 * `files` are compiled instead of those that it includes; `transformers` takes the program, `writeFile` what is emitted.
 */
export function emit(config, changes, { files, transformers = () => [], writeFile } = {}) {
  const { options, fileNames, errors } = readSettings(inPackage(config), changes);
  const program = ts.createProgram(files ?? fileNames, options);
  const before = transformers(program);
  const problems = [...errors, ...ts.getPreEmitDiagnostics(program)];
  if (problems.length === 0) problems.push(...program.emit(undefined, writeFile, undefined, false, { before }).diagnostics);
  return problems.length === 0 || report(problems);
}

function readSettings(path, changes) {
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  const settings = ts.parseJsonConfigFileContent(config, ts.sys, path.replace(/[^/\\]*$/, ''), undefined, path);
  return {
    options: { ...settings.options, ...changes },
    fileNames: settings.fileNames,
    errors: error ? [error] : settings.errors,
  };
}

function report(problems) {
  const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' };
  const format = process.stderr.isTTY ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics;
  console.error(format(ts.sortAndDeduplicateDiagnostics(problems), host));
  console.error(`The build failed: ${problems.length} problem(s), see above.`);
  return false;
}
