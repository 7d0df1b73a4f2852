import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { VERSION } from './version.js';

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
const page = read('../../../docs/reference/client.md');

/** The words in the first column of the table below a heading. */
function rows(heading: string): string[] {
  const [, section = ''] = new RegExp(`^## ${heading}\\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(page) ?? [];
  return Array.from(section.matchAll(/^\| `([\w-]+)`/gm), ([, word = '']) => word);
}

/** The members of an interface. */
function members(file: string, name: string): string[] {
  const [, body = ''] = new RegExp(`^export interface ${name}\\b.*\\{\\n([^]*?)^\\}`, 'm').exec(read(file)) ?? [];
  return Array.from(body.matchAll(/^ {2}readonly (\w+)\??:/gm), ([, word = '']) => word);
}

/** The words of a union. */
function words(file: string, name: string): string[] {
  const [, body = ''] = new RegExp(`^export type ${name} =([^;]*);`, 'm').exec(read(file)) ?? [];
  return Array.from(body.matchAll(/'([\w-]+)'/g), ([, word = '']) => word);
}

describe('docs/reference/client.md', () => {
  it.each<[string, string[]]>([
    ['Options', members('types/options.ts', 'ClientOptions')],
    ['States', words('types/client.ts', 'State')],
    ['Problems', words('types/client.ts', 'ProblemCode')],
    ['Statistics', members('types/stats.ts', 'Stats')],
  ])('%s: as the types have them, in their order', (heading, names) => {
    expect(names.length).toBeGreaterThan(4);
    expect(rows(heading)).toEqual(names);
  });

  it('problems are those that the code reports', () => {
    const code = ['client/parts', 'client/client', 'sources/standing', 'sources/follower']
      .map((file) => read(`${file}.ts`))
      .join('\n');
    const silent = words('types/client.ts', 'ProblemCode').filter((word) => !code.includes(`'${word}'`));
    expect(silent).toEqual([]);
  });
});

describe('the version', () => {
  it('is that of the package', () => {
    expect((JSON.parse(read('../package.json')) as { version: string }).version).toBe(VERSION);
  });
});
