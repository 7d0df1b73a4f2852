import { describe, expect, it } from '@jest/globals';
import { arrow, folderOf, type Import, layers, type MayImport, roomOf, SourceTree } from './support/source-imports.js';

/** Who may import whom, besides itself: each folder of src/, with the rows above it. A new folder has to find its place here. */
const LAYERS = layers([
  ['engine'],
  ['platform'],
  ['access', 'openapi'],
  ['audit'],
  ['history', 'jobs'],
  ['environments'],
  ['resolver'],
  ['flags'],
  ['segments', 'tokens', 'sessions'],
  ['environment-flags'],
  ['checks', 'pipelines', 'flagd', 'about'],
  ['streaming', 'promotion', 'compare', 'matrix', 'bulk', 'restore', 'transfer', 'redis-mirror', 'panel'],
]);

/** The rooms of the folders that have some, in the same manner; `''` is the folder itself. Its `*.module.ts` puts all of them together. */
const ROOMS: Record<string, MayImport> = {
  platform: layers([
    ['', 'config'],
    ['data-directory', 'http/outside'],
    ['http'],
    ['logging', 'health'],
    ['lifecycle', 'embedded-postgres/binaries'],
    ['embedded-postgres/cluster'],
    ['embedded-postgres/postmaster'],
    ['embedded-postgres'],
    ['database/migrations'],
    ['database'],
    ['database/outcome'],
    ['database/backup'],
    ['http/problems'],
    ['http/json/parse'],
    ['http/json'],
    ['http/management/parameters', 'http/lean'],
    ['http/management'],
    ['metrics', 'telemetry'],
  ]),
  access: layers([['identity'], ['limits', 'sessions'], ['']]),
  openapi: layers([[''], ['request-examples']]),
  audit: layers([['follow'], ['log'], ['questions', 'anchors'], ['change'], ['consequences'], ['door', 'proof'], ['']]),
  resolver: layers([[''], ['snapshots', 'observation'], ['environment'], ['evaluation'], ['ofrep']]),
  streaming: layers([['channel'], [''], ['management']]),
  promotion: layers([['gates'], ['plan'], ['request'], ['record'], ['']]),
  transfer: layers([['document', 'plan'], [''], ['sections']]),
  tokens: layers([[''], ['start']]),
  start: layers([['runtime'], ['']]),
};

/** Those of the engine. The words of the domain stand at its root. */
const ENGINE_ROOMS = layers([
  [''],
  ['json', 'operators', 'buckets'],
  ['state'],
  ['request', 'resolve'],
  ['trace', 'compare'],
  ['logic/program'],
  ['logic/operations'],
  ['logic'],
  ['validate'],
  ['validate/flag'],
  ['validate/rules'],
  ['costs', 'sizes'],
  ['defects'],
  ['conditions'],
  ['compile'],
  ['tree'],
  ['promote', 'evaluate', 'exchange'],
  ['states', 'flagd'],
  ['flagd/write'],
  ['flagd/read'],
  ['files'],
  ['files/read'],
  ['files/merge'],
  ['files/findings', 'files/reconcile', 'files/schemas'],
  ['files/dry-run'],
  ['rollouts'],
  ['rollouts/calendar', 'rollouts/guardrails', 'rollouts/progress', 'rollouts/stages'],
]);

/** The pure engine also runs in browsers and in the command line. */
const ENGINE_PACKAGES = ['semver', 're2js', 'ipaddr.js'];

/** The only ways into the engine; the last one is for specs and benches. */
const DOORS = ['', '/states', '/flagd', '/files', '/rollouts', '/testing'].map((door) => `@flagtree/engine${door}`);

/** They put everything together, and nobody may import them. */
const isAboveAll = (path: string): boolean => ['', 'start'].includes(folderOf(path));
const isModule = (path: string): boolean => path.endsWith('.module.ts');

const src = new SourceTree('src');
const engine = new SourceTree('packages/engine/src');

describe('src/', () => {
  it('is read as a whole', () => {
    expect(src.files.length).toBeGreaterThan(100);
    expect(src.inside.length).toBeGreaterThan(src.files.length);
  });

  it('has no import of a file that is not there', () => {
    const broken = src.imports.filter(({ to }) => to.startsWith('.') || (to.endsWith('.ts') && !src.files.includes(to)));
    expect(broken.map(arrow)).toEqual([]);
  });

  it('has no folder without a place in the table of layers, and no room without one in the table of rooms', () => {
    const folders = new Set(src.files.filter((path) => !isAboveAll(path)).map(folderOf));
    expect([...folders].filter((folder) => !(folder in LAYERS))).toEqual([]);
    const rooms = src.folders.filter((path) => path.includes('/'));
    expect(rooms.filter((path) => ROOMS[folderOf(path)]?.[withinFolder(path)] === undefined)).toEqual([]);
  });

  it('imports only from the same folder and from those below it', () => {
    const upward = src.inside.filter(({ from, to }) => {
      if (folderOf(from) === folderOf(to)) return false;
      return isAboveAll(from) ? false : !LAYERS[folderOf(from)]?.includes(folderOf(to));
    });
    expect(upward.map(arrow)).toEqual([]);
  });

  it.each(Object.entries(ROOMS))('imports in %s only from the same room and from those below it', (folder, rooms) => {
    const within = src.inside.filter(({ from, to }) => folderOf(from) === folder && folderOf(to) === folder && !isModule(from));
    expect(within.length).toBeGreaterThan(0);
    expect(upwardIn(rooms, within, (path) => withinFolder(roomOf(path)))).toEqual([]);
  });

  it("keeps each module's entities and controllers to itself; only an entity that refers to another one knows it", () => {
    const between = src.inside.filter(({ from, to }) => folderOf(from) !== '' && folderOf(from) !== folderOf(to));
    const foreign = between.filter(({ from }) => !from.endsWith('.entity.ts'));
    expect(foreign.filter(({ to }) => /\.(entity|controller)\.ts$/.test(to)).map(arrow)).toEqual([]);
  });

  it('has no circle of files that import one another', () => {
    expect(src.circles()).toEqual([]);
  });

  it('has no file over 300 lines', () => {
    expect(src.longerThan(300)).toEqual([]);
  });
});

describe('packages/engine', () => {
  it('has no import of a file that is not there, and none of a package but three pure ones', () => {
    const foreign = engine.imports.filter(({ to }) => !engine.files.includes(to) && !ENGINE_PACKAGES.includes(to));
    expect(foreign.map(arrow)).toEqual([]);
  });

  it('has no room without a place in the table of rooms', () => {
    expect(engine.folders.filter((room) => !(room in ENGINE_ROOMS))).toEqual([]);
  });

  it('imports only from the same room and from those below it; its doors export from all of them', () => {
    const within = engine.inside.filter(({ from }) => !from.endsWith('index.ts'));
    expect(upwardIn(ENGINE_ROOMS, within, roomOf)).toEqual([]);
    expect(within.filter(({ to }) => to.endsWith('index.ts')).map(arrow)).toEqual([]);
  });

  it('is entered by its doors alone, and specs and benches alone use the one for them', () => {
    const users = ['src', 'test', 'bench'].map((folder) => [folder, new SourceTree(folder, () => true).imports] as const);
    const entries = users.flatMap(([folder, imports]) =>
      imports
        .filter(({ to }) => to.startsWith('@flagtree/engine') || to.includes('packages/engine'))
        .map(({ from, to }) => ({ from: `${folder}/${from}`, to })),
    );
    expect(entries.length).toBeGreaterThan(100);
    expect(entries.filter(({ to }) => !DOORS.includes(to)).map(arrow)).toEqual([]);
    const product = entries.filter(({ from }) => from.startsWith('src/') && !from.endsWith('.spec.ts'));
    expect(product.filter(({ to }) => to === '@flagtree/engine/testing').map(arrow)).toEqual([]);
  });

  it('has no circle of files that import one another', () => {
    expect(engine.circles()).toEqual([]);
  });

  it('has no file over 300 lines', () => {
    expect(engine.longerThan(300)).toEqual([]);
  });
});

describe('the types of src/ and packages/engine', () => {
  const DECLARATION = /^(export )?(?:abstract )?(?:interface|type|class) (\w+)/gm;
  const declared = [src, engine].flatMap((tree) =>
    tree.files.flatMap((file) =>
      Array.from(tree.textOf(file).matchAll(DECLARATION), ([, exported, name = '']) => ({
        name,
        file,
        isExported: exported !== undefined,
      })),
    ),
  );

  it('have one meaning each: no type has the name of one that is exported', () => {
    expect(declared.length).toBeGreaterThan(500);
    const shared = declared.filter(({ name, file, isExported }) =>
      declared.some((other) => other.name === name && other.file !== file && (isExported || other.isExported)),
    );
    expect(shared.map(({ name, file }) => `${name} in ${file}`)).toEqual([]);
  });
});

function withinFolder(path: string): string {
  return path.split('/').slice(1).join('/');
}

function upwardIn(rooms: MayImport, imports: Import[], room: (path: string) => string): string[] {
  return imports.filter(({ from, to }) => room(from) !== room(to) && !rooms[room(from)]?.includes(room(to))).map(arrow);
}
