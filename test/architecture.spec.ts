import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Who may import whom, besides itself: each folder of src/, with the rows above it. A new folder has to find its place here. */
const LAYERS: Record<string, string[]> = layers([
  ['engine'],
  ['platform'],
  ['access'],
  ['audit'],
  ['history', 'jobs'],
  ['environments'],
  ['flags'],
  ['segments', 'tokens'],
  ['environment-flags'],
  ['resolver'],
  ['checks', 'pipelines', 'flagd'],
  ['streaming', 'promotion', 'compare', 'bulk', 'restore', 'transfer', 'redis-mirror'],
]);

/** Puts rows back exactly as they were, which is no method of the services that own them. */
const MAY_USE_ENTITIES = ['restore/restore.service.ts'];

/** The pure engine also runs in browsers and in the command line. */
const ENGINE_PACKAGES = ['semver', 're2js', 'ipaddr.js'];

interface Import {
  from: string;
  /** A file of src/, or the name of a package. */
  to: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.includes('/testing/'));
const imports = files.flatMap(importsOf);
const between = imports.filter(({ to }) => files.includes(to));

describe('src/', () => {
  it('is read as a whole', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(between.length).toBeGreaterThan(files.length);
  });

  it('has no import of a file that is not there', () => {
    const broken = imports.filter(({ to }) => to.startsWith('.') || (to.endsWith('.ts') && !files.includes(to)));
    expect(broken.map(arrow)).toEqual([]);
  });

  it('has no folder without a place in the table of layers', () => {
    const folders = new Set(files.filter((path) => path.includes('/')).map(folderOf));
    expect([...folders].filter((folder) => !(folder in LAYERS))).toEqual([]);
  });

  it('imports only from the same folder and from those below it', () => {
    const upward = between.filter(({ from, to }) => folderOf(from) !== '' && !mayImport(folderOf(from), folderOf(to)));
    expect(upward.map(arrow)).toEqual([]);
  });

  it('keeps the engine free of everything but three pure packages', () => {
    const foreign = imports.filter(({ from, to }) => folderOf(from) === 'engine' && folderOf(to) !== 'engine');
    expect(foreign.filter(({ to }) => !ENGINE_PACKAGES.includes(to)).map(arrow)).toEqual([]);
  });

  it("keeps each module's entities and controllers to itself", () => {
    const inside = between.filter(({ from, to }) => folderOf(from) !== '' && folderOf(from) !== folderOf(to));
    const foreign = inside.filter(({ from }) => !MAY_USE_ENTITIES.includes(from));
    expect(foreign.filter(({ to }) => /\.(entity|controller)\.ts$/.test(to)).map(arrow)).toEqual([]);
  });

  it('has no circle of files that import one another', () => {
    expect(circles()).toEqual([]);
  });

  it('has no file over 300 lines', () => {
    const long = files.filter((path) => readFileSync(join(SRC, path), 'utf8').split('\n').length > 301);
    expect(long).toEqual([]);
  });
});

/** Each row may import all rows above it; those in one row may not import one another. */
function layers(rows: string[][]): Record<string, string[]> {
  return Object.fromEntries(rows.flatMap((row, index) => row.map((folder) => [folder, rows.slice(0, index).flat()])));
}

function mayImport(from: string, to: string): boolean {
  return from === to || (LAYERS[from] ?? []).includes(to);
}

/** Of a file of src/; empty for those at its root, which put everything together and which nobody may import. */
function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : '';
}

/** Static, dynamic and type-only imports, and what is exported from elsewhere. */
function importsOf(from: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(SRC, from), 'utf8'), true, true);
  return importedFiles.map(({ fileName }) => ({
    from,
    to: fileName.startsWith('.') ? posix.join(posix.dirname(from), fileName).replace(/\.js$/, '.ts') : fileName,
  }));
}

function arrow({ from, to }: Import): string {
  return `${from} → ${to}`;
}

/** Each found once, by depth-first search. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const { from, to } of between) if (from === path) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of files) visit(path, []);
  return found;
}
