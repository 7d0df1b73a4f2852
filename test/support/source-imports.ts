import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export interface Import {
  from: string;
  /** A file below the same root, or the name of a package. */
  to: string;
}

/** For each folder those that it may import, besides itself. */
export type MayImport = Record<string, string[]>;

/** Each row may import all rows above it; those in one row may not import one another. */
export function layers(rows: string[][]): MayImport {
  return Object.fromEntries(rows.flatMap((row, index) => row.map((folder) => [folder, rows.slice(0, index).flat()])));
}

/** The TypeScript files of a tree, without specs and what serves only them, and what they import. */
export class SourceTree {
  readonly files: string[];
  readonly imports: Import[];
  /** Those of the imports that stay in the tree. */
  readonly inside: Import[];
  private readonly root: string;

  constructor(folder: string, isSource: (path: string) => boolean = isNoTest) {
    this.root = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
    this.files = filesOf(this.root).filter(isSource);
    this.imports = this.files.flatMap((path) => importsOf(this.root, path));
    this.inside = this.imports.filter(({ to }) => this.files.includes(to));
  }

  textOf(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  get folders(): string[] {
    return [...new Set(this.files.map(roomOf))];
  }

  longerThan(lines: number): string[] {
    return this.files.filter((path) => this.textOf(path).split('\n').length > lines + 1);
  }

  /** Files that import one another, each circle once, by depth-first search. */
  circles(): string[] {
    const found: string[] = [];
    const done = new Set<string>();
    const visit = (path: string, trail: string[]): void => {
      if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path) || trail.includes(path)) return;
      for (const { from, to } of this.inside) if (from === path) visit(to, [...trail, path]);
      done.add(path);
    };
    for (const path of this.files) visit(path, []);
    return found;
  }
}

export const arrow = ({ from, to }: Import): string => `${from} → ${to}`;

/** The first folder of a path; empty for a file at the root. */
export const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');

/** All folders of a path; empty for a file at the root. */
export const roomOf = (path: string): string => (path.includes('/') ? posix.dirname(path) : '');

const isNoTest = (path: string): boolean => !/\.spec\.tsx?$/.test(path) && !path.includes('testing/');

function filesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path));
}

/** Static, dynamic and type-only imports, and what is exported from elsewhere. */
function importsOf(root: string, from: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, from), 'utf8'), true, true);
  return importedFiles.map(({ fileName }) => ({ from, to: fileName.startsWith('.') ? fileAt(root, from, fileName) : fileName }));
}

function fileAt(root: string, from: string, specifier: string): string {
  const path = posix.join(posix.dirname(from), specifier);
  const withMarkup = path.replace(/\.js$/, '.tsx');
  return existsSync(join(root, withMarkup)) ? withMarkup : path.replace(/\.js$/, '.ts');
}
