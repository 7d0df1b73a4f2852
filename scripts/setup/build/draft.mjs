import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { inPackage } from '../paths.mjs';

/**
 * Lets `work` write a directory of the repository under another name, and puts that in its place when it is whole, with the digest of what it
 * was made from. False, and the directory stays as it was, when `work` says so.
 */
export async function writeWhole(directory, digest, work) {
  const draft = inPackage(`${directory}.${process.pid}.tmp`);
  try {
    if (!(await work(draft))) return false;
    writeFileSync(`${draft}/.build`, `${digest}\n`);
    replace(inPackage(directory), draft);
    return true;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function replace(directory, draft) {
  const old = `${directory}.${process.pid}.old.tmp`;
  if (existsSync(directory)) renameSync(directory, old);
  renameSync(draft, directory);
  rmSync(old, { recursive: true, force: true });
}
