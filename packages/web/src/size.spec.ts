import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { buildSync } from 'esbuild';

const SOURCES = import.meta.dirname;

const USES = {
  core: `import { createWebClient } from './index.js'; createWebClient({ url: 'https://flags.example' }).boolean('lamp');`,
  react: `import { createWebClient } from './index.js'; import { FlagtreeProvider, useFlag } from './react.js'; console.log(createWebClient(), FlagtreeProvider, useFlag);`,
  openfeature: `import { FlagtreeWebProvider } from './openfeature.js'; console.log(new FlagtreeWebProvider());`,
};

/** kB (1,024 bytes) of a page's own bundle, as a server sends it. */
function size(contents: string, external: string[]): number {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: SOURCES },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external,
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length / 1024;
}

describe('in a page', () => {
  it('the client weighs at most 3.5 kB', () => {
    expect(size(USES.core, [])).toBeLessThanOrEqual(3.5);
  });

  it('with the hooks for React it weighs at most 4.0 kB', () => {
    expect(size(USES.react, ['react'])).toBeLessThanOrEqual(4);
  });

  it('as a provider it weighs at most 4.0 kB, and with the SDK 10.5 kB', () => {
    expect(size(USES.openfeature, ['@openfeature/web-sdk'])).toBeLessThanOrEqual(4);
    expect(size(USES.openfeature, [])).toBeLessThanOrEqual(10.5);
  });

  it('nothing of it asks for code to be made of text, which a content security policy forbids', () => {
    const { outputFiles } = buildSync({
      entryPoints: readdirSync(SOURCES).filter((name) => /^\w[\w-]*\.ts$/.test(name)).map((name) => join(SOURCES, name)), // prettier-ignore
      outdir: '/nowhere',
      write: false,
    });
    expect(outputFiles.length).toBeGreaterThan(8);
    expect(outputFiles.filter(({ text }) => /\beval\(|\bnew Function\(|innerHTML/.test(text)).map(({ path }) => path)).toEqual(
      [],
    );
  });
});
