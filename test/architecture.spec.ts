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
  ['access', 'openapi'],
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

const ENGINE = fileURLToPath(new URL('../packages/engine/src', import.meta.url));

/** The pure engine also runs in browsers and in the command line. */
const ENGINE_PACKAGES = ['semver', 're2js', 'ipaddr.js'];

/** The rooms of the engine, as the layers of src/: each imports from those above it. The words of the domain stand at its root. */
const ROOMS: Record<string, string[]> = layers([
  [''],
  ['json', 'operators', 'buckets'],
  ['state'],
  ['resolve'],
  ['trace', 'compare'],
  ['logic'],
  ['validate'],
  ['defects'],
  ['conditions'],
  ['compile'],
  ['promote', 'evaluate', 'exchange'],
  ['states', 'flagd'],
]);

interface Import {
  from: string;
  /** A file of src/, or the name of a package. */
  to: string;
}

const files = filesOf(SRC);
const imports = files.flatMap((path) => importsOf(SRC, path));
const between = imports.filter(({ to }) => files.includes(to));

const engineFiles = filesOf(ENGINE);
const engineImports = engineFiles.flatMap((path) => importsOf(ENGINE, path));
const engineBetween = engineImports.filter(({ to }) => engineFiles.includes(to));

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
    const folders = new Set(files.map(folderOf).filter((folder) => folder !== ''));
    expect([...folders].filter((folder) => !(folder in LAYERS))).toEqual([]);
  });

  it('imports only from the same folder and from those below it', () => {
    const upward = between.filter(({ from, to }) => folderOf(from) !== '' && !mayImport(folderOf(from), folderOf(to)));
    expect(upward.map(arrow)).toEqual([]);
  });

  it("keeps each module's entities and controllers to itself; only an entity that refers to another one knows it", () => {
    const inside = between.filter(({ from, to }) => folderOf(from) !== '' && folderOf(from) !== folderOf(to));
    const foreign = inside.filter(({ from }) => !from.endsWith('.entity.ts') && !MAY_USE_ENTITIES.includes(from));
    expect(foreign.filter(({ to }) => /\.(entity|controller)\.ts$/.test(to)).map(arrow)).toEqual([]);
  });

  it('has no circle of files that import one another', () => {
    expect(circles(files, between)).toEqual([]);
  });

  it('has no file over 300 lines', () => {
    const long = files.filter((path) => readFileSync(join(SRC, path), 'utf8').split('\n').length > 301);
    expect(long).toEqual([]);
  });
});

describe('packages/engine', () => {
  it('has no import of a file that is not there, and none of a package but three pure ones', () => {
    const foreign = engineImports.filter(({ to }) => !engineFiles.includes(to) && !ENGINE_PACKAGES.includes(to));
    expect(foreign.map(arrow)).toEqual([]);
  });

  it('has no room without a place in the table of rooms', () => {
    expect([...new Set(engineFiles.map(folderOf))].filter((room) => !(room in ROOMS))).toEqual([]);
  });

  it('imports only from the same room and from those below it; its doors export from all of them', () => {
    const inside = engineBetween.filter(({ from }) => !from.endsWith('index.ts'));
    const upward = inside.filter(
      ({ from, to }) => folderOf(from) !== folderOf(to) && !ROOMS[folderOf(from)]?.includes(folderOf(to)),
    );
    expect(upward.map(arrow)).toEqual([]);
    expect(inside.filter(({ to }) => to.endsWith('index.ts')).map(arrow)).toEqual([]);
  });

  it('has no circle of files that import one another', () => {
    expect(circles(engineFiles, engineBetween)).toEqual([]);
  });

  it('has no file over 300 lines', () => {
    const long = engineFiles.filter((path) => readFileSync(join(ENGINE, path), 'utf8').split('\n').length > 301);
    expect(long).toEqual([]);
  });
});

function filesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.includes('testing/'));
}

/** Each row may import all rows above it; those in one row may not import one another. */
function layers(rows: string[][]): Record<string, string[]> {
  return Object.fromEntries(rows.flatMap((row, index) => row.map((folder) => [folder, rows.slice(0, index).flat()])));
}

function mayImport(from: string, to: string): boolean {
  return from === to || (LAYERS[from] ?? []).includes(to);
}

/** Of a file; empty for those at the root of src/ and in start/, which put everything together and which nobody may import. */
function folderOf(path: string): string {
  const [folder = '', ...rest] = path.split('/');
  return rest.length === 0 || folder === 'start' ? '' : folder;
}

/** Static, dynamic and type-only imports, and what is exported from elsewhere. */
function importsOf(root: string, from: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, from), 'utf8'), true, true);
  return importedFiles.map(({ fileName }) => ({
    from,
    to: fileName.startsWith('.') ? posix.join(posix.dirname(from), fileName).replace(/\.js$/, '.ts') : fileName,
  }));
}

function arrow({ from, to }: Import): string {
  return `${from} → ${to}`;
}

/** Each found once, by depth-first search. */
function circles(paths: string[], arrows: Import[]): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const { from, to } of arrows) if (from === path) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of paths) visit(path, []);
  return found;
}
