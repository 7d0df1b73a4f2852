import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadBundle } from './start/runtime/bundle.js';
import { nameRuntime } from './start/runtime/named-runtime.js';
import { nameSourceLines } from './start/runtime/source-lines.js';
import { keepTicksFast } from './start/runtime/steady-ticks.js';

keepTicksFast(); // before anything is loaded that makes the garbage collector work
nameRuntime();
const server = await loadServer();
await server.run(process.env);

/** The bundle of a build; `nest build` and `nest start --watch` make none, and the server runs from its single files. */
async function loadServer(): Promise<typeof import('./start/server.js')> {
  const bundle = fileURLToPath(new URL('./server/server.cjs', import.meta.url));
  if (!existsSync(bundle)) return import('./start/server.js');
  nameSourceLines(bundle);
  return loadBundle<typeof import('./start/server.js')>(bundle).exports;
}
