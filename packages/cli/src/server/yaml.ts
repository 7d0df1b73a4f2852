/** In a file of its own, so that a command without profiles does not load it. Names of a package for `require` are found only statically. */
export { parse, stringify } from 'yaml';
