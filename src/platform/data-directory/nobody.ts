/** User and group of the private database when the server runs as root: `nobody` nearly everywhere, and owner of nothing. */
export const NOBODY = 65_534;
