export type * from './client.js';
export type * from './document.js';
export type * from './exposures.js';
export type * from './flags.js';
export type * from './json.js';
export type * from './options.js';
export type * from './reader.js';
export type * from './stats.js';
