import { spawnSync } from 'node:child_process';
import { inPackage } from '../paths.mjs';
import { isBuilt } from './sources.mjs';

/** In a process of its own: the compiler's memory would stay with the server. */
export function buildIfChanged() {
  if (isBuilt()) return;
  console.log('Building Flagtree …');
  const { status } = spawnSync(process.execPath, [inPackage('scripts/build.mjs')], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
