export { forest, forestRows } from './arbitraries.js';
export { compile, environment, flag, override, segment, snapshotOf, state } from './builders.js';
