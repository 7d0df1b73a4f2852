import { nameRuntime } from './platform/lifecycle/named-runtime.js';
import { keepTicksFast } from './platform/lifecycle/steady-ticks.js';

keepTicksFast(); // before anything is loaded that makes the garbage collector work
nameRuntime();
const { run } = await import('./start.js');
await run(process.env);
