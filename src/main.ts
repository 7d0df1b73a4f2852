import { keepTicksFast } from './platform/lifecycle/steady-ticks.js';

keepTicksFast(); // before anything is loaded that makes the garbage collector work
const { run } = await import('./start.js');
await run(process.env);
