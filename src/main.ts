import { fileURLToPath } from 'node:url';
import { loadBundle } from './start/runtime/bundle.js';
import { nameRuntime } from './start/runtime/named-runtime.js';
import { nameSourceLines } from './start/runtime/source-lines.js';
import { keepTicksFast } from './start/runtime/steady-ticks.js';

keepTicksFast(); // before anything is loaded that makes the garbage collector work
nameRuntime();
const bundle = fileURLToPath(new URL('./server/server.cjs', import.meta.url));
nameSourceLines(bundle);
const server = loadBundle<typeof import('./start/server.js')>(bundle);
await server.exports.run(process.env);
