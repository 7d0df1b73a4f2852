/** Of an environment, and of an alias. */
export const SLUG = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** Of a flag, and of a segment. */
export const FLAG_KEY = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;
