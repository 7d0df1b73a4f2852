import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const BUILT = fileURLToPath(new URL('../../packages/engine/dist/index.js', import.meta.url));

/** The engine as it was built, or the build that BENCH_ENGINE names: two of them can be compared. */
export async function engineAt(path = process.env.BENCH_ENGINE ?? BUILT) {
  if (!existsSync(path)) throw new Error(`There is no build at ${path}: run npm run build.`);
  return import(pathToFileURL(path).href);
}
