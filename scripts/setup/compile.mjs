import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { before as documentDtos } from '@nestjs/swagger/plugin';
import ts from 'typescript';
import { bundle } from './bundle.mjs';
import { inPackage, root } from './paths.mjs';
import { builtDigest, engineDigest, sourceDigest } from './sources.mjs';

const { compilerOptions: nest } = JSON.parse(readFileSync(inPackage('nest-cli.json'), 'utf8'));

/** Compiles and bundles into a draft directory, which replaces `dist` when it is whole. False, with the reasons printed, on any type error. */
export async function compile() {
  const digest = sourceDigest();
  if (!compileEngine()) return false;
  const draft = inPackage(`dist.${process.pid}.tmp`);
  try {
    if (!compileServer(draft)) return false;
    await bundle(draft);
    keepBytecode(draft);
    writeFileSync(`${draft}/.build`, `${digest}\n`);
    replace(inPackage('dist'), draft);
    return true;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The engine is a package of its own: servers compile against what it declares. Does nothing where it was compiled from these sources. */
export function compileEngine() {
  const digest = engineDigest();
  if (builtDigest('packages/engine/dist') === digest) return true;
  const draft = inPackage(`packages/engine/dist.${process.pid}.tmp`);
  try {
    if (!emit('packages/engine/tsconfig.json', draft)) return false;
    writeFileSync(`${draft}/.build`, `${digest}\n`);
    replace(inPackage('packages/engine/dist'), draft);
    return true;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** As `nest build` does it: `nest-cli.json` says how. */
export function compileServer(outDir) {
  const [{ options }] = nest.plugins;
  return emit(nest.tsConfigPath, outDir, (program) => [documentDtos(options, program)]);
}

function emit(config, outDir, transformers = () => []) {
  const { options, fileNames, errors } = readSettings(inPackage(config), outDir);
  const program = ts.createProgram(fileNames, options);
  const before = transformers(program);
  const problems = [...errors, ...ts.getPreEmitDiagnostics(program)];
  if (problems.length === 0) problems.push(...program.emit(undefined, undefined, undefined, false, { before }).diagnostics);
  return problems.length === 0 || report(problems);
}

/** Without it a server starts all the same, a fifth slower. */
function keepBytecode(draft) {
  const { status } = spawnSync(process.execPath, [inPackage('scripts/setup/rehearse.mjs'), draft], {
    stdio: 'inherit',
    timeout: 60_000,
  });
  if (status !== 0) console.error('The bytecode of the server could not be kept: it starts more slowly, and works as well.');
}

function readSettings(path, outDir) {
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  const settings = ts.parseJsonConfigFileContent(config, ts.sys, path.replace(/[^/\\]*$/, ''), undefined, path);
  return { options: { ...settings.options, outDir }, fileNames: settings.fileNames, errors: error ? [error] : settings.errors };
}

function replace(directory, draft) {
  const old = `${directory}.${process.pid}.old.tmp`;
  if (existsSync(directory)) renameSync(directory, old);
  renameSync(draft, directory);
  rmSync(old, { recursive: true, force: true });
}

function report(problems) {
  const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' };
  const format = process.stderr.isTTY ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics;
  console.error(format(ts.sortAndDeduplicateDiagnostics(problems), host));
  console.error(`The build failed: ${problems.length} problem(s), see above.`);
  return false;
}
