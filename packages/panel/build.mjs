import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build as bundle } from 'esbuild';
import { writeThirdParty } from '../../scripts/setup/build/third-party.mjs';
import { inPackage, root } from '../../scripts/setup/paths.mjs';

/** The page and its files, whose names change with their content. Types are checked elsewhere: a server starts without that. */
export async function build(draft) {
  const { metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: { panel: inPackage('packages/panel/src/main.tsx') },
    outdir: join(draft, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    metafile: true,
    legalComments: 'none',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: { '@flagtree/api': inPackage('packages/api/src/index.ts') },
    tsconfigRaw: { compilerOptions: { jsx: 'react-jsx', useDefineForClassFields: true } },
    external: ['node:fs'],
  });
  const [script, style] = entryOf(metafile);
  const page = readFileSync(inPackage('packages/panel/src/index.html'), 'utf8');
  writeFileSync(join(draft, 'index.html'), page.replace('panel.js', script).replace('panel.css', style));
  writeThirdParty(draft, metafile);
  compress(join(draft, 'assets'));
  return true;
}

function entryOf({ outputs }) {
  const [path, { cssBundle }] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint !== undefined);
  return [path, cssBundle].map((one) => one.split('/').at(-1));
}

function compress(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const content = readFileSync(join(folder, name));
    const smaller = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    if (smaller.length < content.length) writeFileSync(join(folder, `${name}.br`), smaller);
  }
}
