export { createClient } from './client/create-client.js';
export { ConfigurationError, NotReadyError } from './errors.js';
export { defineFlags, flag, type FlagMaker } from './flags.js';
export type * from './types/index.js';
