import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../paths.mjs';
import { writeThirdParty } from '../build/third-party.mjs';
import { compilePackage } from './compile.mjs';
import { modulesOf } from './workspaces.mjs';

/** Runs on; `platform` in package.json's `flagtree` says which of them. */
const TARGETS = { node: 'node20.19', browser: 'es2022', neutral: 'es2022' };

/** Packages for `require` that are inside of a program ask for Node's own modules by it, and a module has none. */
const REQUIRE = "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);";

/** What the same is where there is `require` already. */
const OWN_URL = "const ownUrl = require('node:url').pathToFileURL(__filename).href;";

/**
 * One file for each module that package.json names, `.js` for `import` and `.cjs` for `require`; what several of them share is in chunks, so that
 * there is one of it. Names stay as they are, for stack traces.
 */
export async function bundlePackage(workspace, draft) {
  const compiled = `${draft}/compiled`;
  if (!compilePackage(workspace, compiled, draft)) return false;
  const modules = modulesOf(workspace);
  const wanted = (ending) => Object.keys(modules).filter((module) => modules[module].includes(ending));
  const { platform = 'neutral' } = workspace.manifest.flagtree;
  const programs = Object.values(workspace.manifest.bin ?? {}).map((path) => path.replace(/^\.?\/?dist\//, ''));
  const shared = {
    absWorkingDir: root,
    outdir: draft,
    bundle: true,
    platform,
    target: TARGETS[platform],
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 200,
    legalComments: 'none',
    logLevel: 'error',
    tsconfigRaw: '{}', // that of the repository leads from packages to their sources
    chunkNames: 'chunks/[name]-[hash]',
  };
  const { metafile } = await build({
    ...shared,
    metafile: true,
    entryPoints: [...new Set([...wanted('.js'), ...wanted('.cjs')])].map((out) => ({ in: join(compiled, `${out}.js`), out })),
    format: 'esm',
    splitting: true,
    ...(programs.length > 0 && { banner: { js: REQUIRE } }),
    external: staysOutside(workspace),
  });
  rmSync(compiled, { recursive: true });
  const written = Object.keys(metafile.outputs);
  const chunks = written.filter((path) => metafile.outputs[path].entryPoint === undefined);
  if (wanted('.cjs').length > 0)
    await build({
      ...shared,
      entryPoints: [...chunks, ...wanted('.cjs').map((module) => `${join(draft, module)}.js`)],
      outbase: draft,
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      ...(programs.length > 0 && { define: { 'import.meta.url': 'ownUrl' }, banner: { js: OWN_URL } }),
      plugins: [leaveToRequire],
    });
  for (const module of wanted('.cjs').filter((one) => !modules[one].includes('.js'))) rmSync(`${join(draft, module)}.js`);
  for (const program of programs) chmodSync(join(draft, program), 0o755);
  writeThirdParty(draft, metafile);
  return true;
}

/** What users install beside it; the packages for development are inside. */
const staysOutside = ({ manifest: { name, dependencies, peerDependencies } }) =>
  [name, ...Object.keys({ ...dependencies, ...peerDependencies })].flatMap((one) => [one, `${one}/*`]);

/** The second round turns each file into one for `require`, alone: what it imports is there already. */
const leaveToRequire = {
  name: 'leave-to-require',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, kind }) => {
      if (kind === 'entry-point') return undefined;
      return { path: path.startsWith('.') ? path.replace(/\.js$/, '.cjs') : path, external: true };
    });
  },
};
