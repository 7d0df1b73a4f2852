/** What the database hands out as ids. */
export const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Of an environment's slug, and of an alias. It has not the form of a UUID, so that no name hides an id. */
export const SLUG = /^(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$)[a-z0-9][a-z0-9_-]{0,62}$/;

/** Of what names an environment: its slug, an alias or its id. */
export const ENVIRONMENT_NAME = /^(?:[a-z0-9][a-z0-9_-]{0,62}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/;

/** Of a flag, and of a segment. */
export const FLAG_KEY = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;

/** Of names for people: as long as the longest key, since a name is its key where none is given. */
export const MAX_NAME_LENGTH = 255;

/** The order of lists: that of the code units, as `COLLATE "C"` has it in the database for ASCII. No two have the same key. */
export const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
