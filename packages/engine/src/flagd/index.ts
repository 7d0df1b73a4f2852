export { readFlagd } from './read/check-flagd.js';
export { exportFlagd } from './write/export-flagd.js';
export type { NotExpressed } from './flagd-document.js';
export { type FlagdImport, type ImportedStates, importFlagd } from './read/import-flagd.js';
