export { command } from './commands.js';
export { rehearse } from './rehearsal.js';
export { run } from './start.js';
