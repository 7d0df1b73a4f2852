// Keeps the bytecode of the bundle in the directory that is named: run by the build, in a process of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [directory] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(directory, 'start/runtime', file)));
const [{ bytecodeOf, loadBundle }, { nameRuntime }] = await Promise.all([load('bundle.js'), load('named-runtime.js')]);
nameRuntime();
const bundle = join(directory, 'server/server.cjs');
const { exports, script } = loadBundle(bundle);
const scratch = mkdtempSync(join(tmpdir(), 'flagtree-build-'));
try {
  await exports.rehearse(join(scratch, 'data'));
  writeFileSync(bytecodeOf(bundle), script.createCachedData());
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(); // a started server goes on by itself
