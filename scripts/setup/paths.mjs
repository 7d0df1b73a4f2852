import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of the package, wherever it was started from. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const inPackage = (...parts) => join(root, ...parts);
