export { rehearse } from './rehearsal.js';
export { run } from './start.js';
