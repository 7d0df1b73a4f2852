/** Injection token of the open {@link DataDirectory}. */
export const DATA_DIRECTORY = Symbol('DataDirectory');
