import { CONTEXT_LIMITS } from '../validate/context.js';

/** Of a gate or a split: the key of its bucket is hashed, a text of the context with a few characters before it. */
export const BUCKET_POINTS = 4 * (CONTEXT_LIMITS.stringLength + 512);
