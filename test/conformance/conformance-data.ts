import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from '@jest/globals';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Public data of the OpenFeature project, which is no part of this repository. */
export const CONFORMANCE = resolve(root, process.env['FLAGTREE_CONFORMANCE_DIR'] ?? '../shared/conformance');

/** A group of cases against the data in `folder`; where that is not there, it says so. */
export function conformance(name: string, folder: string, cases: (path: string) => void): void {
  const path = join(CONFORMANCE, folder);
  if (existsSync(path)) describe(name, () => cases(path));
  else describe.skip(`${name} (not there: ${path})`, () => it('is not there', () => undefined));
}

export const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

export const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort();

/** The title of a case that does not apply, which the table of `npm run test:conformance` counts apart. */
export const notApplicable = (title: string, why: string): string => `${title} (not applicable: ${why})`;
