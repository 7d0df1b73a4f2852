import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPage, ROOT } from './markdown.js';

const PAGE = 'docs/explanation/how-it-is-built.md';
const records = readdirSync(join(ROOT, 'docs/adr')).filter((name) => /^\d{4}-.*\.md$/.test(name));

/** Pages that speak of the tree as it is. */
const OF_THE_TREE = [PAGE, 'CONTRIBUTING.md', 'docs/adr/README.md', ...records.map((name) => `docs/adr/${name}`)];

const found = (text: string, pattern: RegExp) => Array.from(text.matchAll(pattern), ([, first = '']) => first);

/** The names in a table of the architecture's spec, the folder itself (`''`) left out. */
function rows(constant: RegExp): string[] {
  const [, table = ''] = constant.exec(readPage('test/architecture.spec.ts')) ?? [];
  return found(table, /'([\w/-]+)'/g);
}

/** The names in the first column of a table, by what its head says. */
function column(head: string): string[] {
  const [, table = ''] = new RegExp(`^\\| ${head} +\\|[^\\n]*\\n((?:\\|[^\\n]*\\n)+)`, 'm').exec(readPage(PAGE)) ?? [];
  return table.split('\n').flatMap((row) => found(row.split('|')[1] ?? '', /`([\w/-]+)`/g));
}

describe(PAGE, () => {
  it('names the modules that the architecture has, in an order that it allows', () => {
    const modules = rows(/const LAYERS = layers\(\[\n([^]*?)^\]\);/m);
    expect(modules.length).toBeGreaterThan(15);
    expect(column('Module')).toEqual(modules);
  });

  it('names the rooms that the architecture has, those of the engine in its order', () => {
    const engine = rows(/const ENGINE_ROOMS = layers\(\[\n([^]*?)^\]\);/m);
    expect(engine.length).toBeGreaterThan(10);
    expect(column('Rooms of the engine')).toEqual(engine);

    const [, table = ''] = /const ROOMS[^\n]*\n([^]*?)^\};/m.exec(readPage('test/architecture.spec.ts')) ?? [];
    const rooms = table.split(/^ {2}(?=[\w-]+:)/m).flatMap((entry) => {
      const [, folder = ''] = /^([\w-]+):/.exec(entry) ?? [];
      return found(entry, /'([\w/-]+)'/g).map((room) => `${folder}/${room}`);
    });
    expect(rooms.length).toBeGreaterThan(20);
    expect(column('Rooms of the server').sort()).toEqual(rooms.sort());
  });
});

describe('what is said of the tree', () => {
  const PATH = /(?<![\w./@-])((?:src|packages|test|scripts|docs|migrations|sql|bench|examples|dist)\/[\w@./-]*\w)(?![\w<]*>)/g;

  it.each(OF_THE_TREE)('%s names paths that are there', (page) => {
    expect(found(readPage(page), PATH).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('is found', () => {
    expect(OF_THE_TREE.flatMap((page) => found(readPage(page), PATH)).length).toBeGreaterThan(50);
  });

  it.each(OF_THE_TREE)('%s names npm scripts that there are', (page) => {
    const { scripts } = JSON.parse(readPage('package.json')) as { scripts: Record<string, string> };
    const named = found(readPage(page), /\bnpm run (?:--silent )?([a-z][\w:-]*)/g);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('docs/adr/README.md', () => {
  it('lists each record once, in the order of their numbers, with its title', () => {
    const listed = Array.from(
      readPage('docs/adr/README.md').matchAll(/^\| \[(\d{4})\]\((\S+)\) +\| (.+?) +\|$/gm),
      ([, number = '', file = '', title = '']) => ({ file, heading: `# ${number}. ${title}` }),
    );
    expect(listed).toEqual(records.sort().map((file) => ({ file, heading: readPage(`docs/adr/${file}`).split('\n')[0] })));
    expect(listed.filter(({ file, heading }) => file.slice(0, 4) !== heading.slice(2, 6))).toEqual([]);
  });

  it('has records that are as short as it says', () => {
    expect(records.filter((name) => readPage(`docs/adr/${name}`).trimEnd().split('\n').length >= 80)).toEqual([]);
  });
});
