import { SETTINGS } from './settings.js';

const KNOWN = SETTINGS.flatMap(({ name, fileVariable }) => (fileVariable === null ? [name] : [name, fileVariable]));

/** Read by the command line, scripts and tests, which often share the server's shell. */
const READ_BY_OTHERS = new Set([
  'FLAGTREE_URL',
  'FLAGTREE_TOKEN',
  'FLAGTREE_TOKEN_FILE',
  'FLAGTREE_CLI_TOKEN',
  'FLAGTREE_CLI_TOKEN_FILE',
  'FLAGTREE_TEST_DATABASE_URL',
]);

/** A problem for each variable that looks like ours but is none: a misspelt setting that is silently ignored would be found at night. */
export function unknownVariables(names: readonly string[]): string[] {
  return names
    .filter((name) => name.startsWith('FLAGTREE_') && !KNOWN.includes(name) && !READ_BY_OTHERS.has(name))
    .sort()
    .map((name) => `${name} is not a setting${suggestion(name)}`);
}

function suggestion(name: string): string {
  const [best] = KNOWN.map((known) => ({ known, distance: distance(stem(name), stem(known)) })).sort(
    (a, b) => a.distance - b.distance,
  );
  return best !== undefined && best.distance <= 1 + stem(name).length / 4 ? `: did you mean ${best.known}?` : '';
}

// Compared without the prefix, so that FLAGTREE_PORT suggests PORT and FLAGTREE_DATABSE_URL suggests DATABASE_URL.
function stem(name: string): string {
  return name.replace(/^FLAGTREE_/, '');
}

/** Levenshtein's: letters to insert, delete or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
