import { fileURLToPath } from 'node:url';
import { loadBundle } from './platform/lifecycle/bundle.js';
import { nameRuntime } from './platform/lifecycle/named-runtime.js';
import { nameSourceLines } from './platform/lifecycle/source-lines.js';
import { keepTicksFast } from './platform/lifecycle/steady-ticks.js';

keepTicksFast(); // before anything is loaded that makes the garbage collector work
nameRuntime();
const bundle = fileURLToPath(new URL('./server/server.cjs', import.meta.url));
nameSourceLines(bundle);
const server = loadBundle<typeof import('./server.js')>(bundle);
await server.exports.run(process.env);
