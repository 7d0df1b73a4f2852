export { readFlagd } from './check-flagd.js';
export { exportFlagd } from './export-flagd.js';
export type { NotExpressed } from './flagd-document.js';
export { type ImportedStates, importFlagd } from './import-flagd.js';
