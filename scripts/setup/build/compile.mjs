import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { before as documentDtos } from '@nestjs/swagger/plugin';
import { bundle } from './bundle.mjs';
import { writeWhole } from './draft.mjs';
import { buildPackages } from '../packages/build.mjs';
import { inPackage } from '../paths.mjs';
import { builtDigest, builtFor, sourceDigest, workspacesOfServer } from './sources.mjs';
import { emit } from './typescript.mjs';

const { compilerOptions: nest } = JSON.parse(readFileSync(inPackage('nest-cli.json'), 'utf8'));

/** Compiles and bundles into a draft directory, which replaces `dist` when it is whole. False, with the reasons printed, on any type error. */
export async function compile() {
  const digest = sourceDigest();
  // servers compile against what these declare
  if (!(await buildPackages(builtFor(workspacesOfServer())))) return false;
  if (builtDigest() === digest) return true;
  return writeWhole('dist', digest, async (draft) => {
    if (!compileServer(draft)) return false;
    await bundle(draft);
    keepBytecode(draft);
    return true;
  });
}

/** As `nest build` does it: `nest-cli.json` says how. */
export function compileServer(outDir) {
  const [{ options }] = nest.plugins;
  return emit(nest.tsConfigPath, { outDir }, { transformers: (program) => [documentDtos(options, program)] });
}

/** Without it a server starts all the same, a fifth slower. */
function keepBytecode(draft) {
  const { status } = spawnSync(process.execPath, [inPackage('scripts/setup/rehearse.mjs'), draft], {
    stdio: 'inherit',
    timeout: 60_000,
  });
  if (status !== 0) console.error('The bytecode of the server could not be kept: it starts more slowly, and works as well.');
}
