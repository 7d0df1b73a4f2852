export { forest, forestRows } from './arbitraries/arbitraries.js';
export { compile, environment, flag, override, segment, snapshotOf, state, TREE } from './builders.js';
export { entry, journey } from './entries.js';
export { runs } from './runs.js';
