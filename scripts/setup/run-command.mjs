import { existsSync } from 'node:fs';
import { inPackage } from './paths.mjs';

/** Runs a command of the built server beside it, in this process. */
export async function runCommand(name, args) {
  const bundle = inPackage('dist/server/server.cjs');
  if (!existsSync(bundle)) {
    console.error('There is no build yet: npm run build');
    process.exitCode = 1;
    return;
  }
  const { loadBundle } = await import('../../dist/start/runtime/bundle.js');
  await loadBundle(bundle).exports.command(name, args, process.env);
}
