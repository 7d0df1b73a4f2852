import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { before as documentDtos } from '@nestjs/swagger/plugin';
import ts from 'typescript';
import { bundle } from './bundle.mjs';
import { inPackage, root } from './paths.mjs';
import { sourceDigest } from './sources.mjs';

/** Compiles and bundles into a draft directory, which replaces `dist` when it is whole. False, with the reasons printed, on any type error. */
export async function compile() {
  const digest = sourceDigest();
  const draft = inPackage(`dist.${process.pid}.tmp`);
  const { options, fileNames, errors } = readSettings(draft);
  const program = ts.createProgram(fileNames, options);
  const swagger = documentDtos({ classValidatorShim: true, introspectComments: true }, program);
  const problems = [...errors, ...ts.getPreEmitDiagnostics(program)];
  try {
    if (problems.length === 0)
      problems.push(...program.emit(undefined, undefined, undefined, false, { before: [swagger] }).diagnostics);
    if (problems.length > 0) return report(problems);
    await bundle(draft);
    keepBytecode(draft);
    writeFileSync(`${draft}/.build`, `${digest}\n`);
    replaceDist(draft);
    return true;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Without it a server starts all the same, a fifth slower. */
function keepBytecode(draft) {
  const { status } = spawnSync(process.execPath, [inPackage('scripts/setup/rehearse.mjs'), draft], {
    stdio: 'inherit',
    timeout: 60_000,
  });
  if (status !== 0) console.error('The bytecode of the server could not be kept: it starts more slowly, and works as well.');
}

function readSettings(outDir) {
  const path = inPackage('tsconfig.build.json');
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  const settings = ts.parseJsonConfigFileContent(config, ts.sys, root, undefined, path);
  return { options: { ...settings.options, outDir }, fileNames: settings.fileNames, errors: error ? [error] : settings.errors };
}

function replaceDist(draft) {
  const dist = inPackage('dist');
  const old = inPackage(`dist.${process.pid}.old.tmp`);
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(draft, dist);
  rmSync(old, { recursive: true, force: true });
}

function report(problems) {
  const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' };
  const format = process.stderr.isTTY ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics;
  console.error(format(ts.sortAndDeduplicateDiagnostics(problems), host));
  console.error(`The build failed: ${problems.length} problem(s), see above.`);
  return false;
}
